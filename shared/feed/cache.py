"""A short-lived cache of serialized changes, shared by the readers of this process.

Three services that read the same page one after the other cost one query of the tables.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

Key = tuple[str, str, int, int]

TIME_TO_LIVE_SECONDS = 5.0
"""Seconds for which a text is served. It may be older than the tables, but is never older than its key says."""

MAX_CHARACTERS = 8_000_000
"""The size of all texts together; the oldest are evicted first."""


def key_of(row: Any) -> Key:
    """The key of a feed row: one version of a subject at its position.

    The snapshot is read after the version, so a text cached under this key is never older than the version says.
    """
    return row.kind, row.subject_id, row.version, row.position


class ChangeCache:
    """Serialized changes by version, with a time to live and a limit to their size."""

    def __init__(self, time_to_live: float = TIME_TO_LIVE_SECONDS, max_characters: int = MAX_CHARACTERS) -> None:
        self._time_to_live = time_to_live
        self._max_characters = max_characters
        self._lock = threading.Lock()
        self._texts: OrderedDict[Key, tuple[float, str]] = OrderedDict()
        self._characters = 0

    def get_many(self, rows: Iterable[Any]) -> dict[Key, str]:
        """The texts of those rows that are cached and not expired."""
        since = time.monotonic() - self._time_to_live
        with self._lock:
            entries = {key: self._texts.get(key) for key in map(key_of, rows)}
        return {key: entry[1] for key, entry in entries.items() if entry is not None and entry[0] >= since}

    def put(self, texts: dict[Key, str]) -> None:
        """Cache these texts."""
        now = time.monotonic()
        with self._lock:
            for key, text in texts.items():
                self._evict(key)
                self._texts[key] = now, text
                self._characters += len(text)
            while self._characters > self._max_characters or self._oldest_is_expired(now):
                self._evict(next(iter(self._texts)))

    def _oldest_is_expired(self, now: float) -> bool:
        return bool(self._texts) and next(iter(self._texts.values()))[0] < now - self._time_to_live

    def _evict(self, key: Key) -> None:
        _, text = self._texts.pop(key, (0.0, ""))
        self._characters -= len(text)
