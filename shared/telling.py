"""What a feed told a moment ago, as text: three readers who come for the same changes cost one look at the tables."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

Key = tuple[str, str, int, int]

TOLD_FOR = 5.0
"""Seconds for which a text is told again; who reads from the beginning later is told what stands then."""

MOST_CHARACTERS = 8_000_000


def key_of(row: Any) -> Key:
    """A version of a subject, at its place: what it was then was read after the version was, and holds at least that."""
    return row.kind, row.subject_id, row.version, row.position


class Told:
    """Texts of one feed by version, the oldest let go first."""

    def __init__(self, told_for: float = TOLD_FOR, most_characters: int = MOST_CHARACTERS) -> None:
        self._told_for = told_for
        self._most_characters = most_characters
        self._lock = threading.Lock()
        self._texts: OrderedDict[Key, tuple[float, str]] = OrderedDict()
        self._characters = 0

    def known(self, rows: Iterable[Any]) -> dict[Key, str]:
        """Those of the rows that were told just now, with their texts."""
        since = time.monotonic() - self._told_for
        with self._lock:
            found = {key: self._texts.get(key) for key in map(key_of, rows)}
        return {key: one[1] for key, one in found.items() if one is not None and one[0] >= since}

    def keep(self, texts: dict[Key, str]) -> None:
        """These were told now."""
        moment = time.monotonic()
        with self._lock:
            for key, text in texts.items():
                self._let_go(key)
                self._texts[key] = moment, text
                self._characters += len(text)
            while self._characters > self._most_characters or self._too_old(moment):
                self._let_go(next(iter(self._texts)))

    def _too_old(self, moment: float) -> bool:
        return bool(self._texts) and next(iter(self._texts.values()))[0] < moment - self._told_for

    def _let_go(self, key: Key) -> None:
        _, text = self._texts.pop(key, (0.0, ""))
        self._characters -= len(text)
