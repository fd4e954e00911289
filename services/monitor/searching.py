"""Recognizes a part of a run's id in a search text."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = re.compile(r"[0-9a-f]+(-[0-9a-f]+)*-?")
_GROUPS = (8, 4, 4, 4, 12)
LEAST_DIGITS = 4
TAIL = 8
"""How many digits at the end of an id lists show."""


@dataclass(frozen=True)
class IdPart:
    """A part of an id: `beginning` with its dashes, and `tail` if the text is as long as the end that lists show."""

    beginning: str
    tail: str | None


def id_part(text: str) -> IdPart | None:
    """The part of an id that `text` is, if it has 4 to 32 hexadecimal digits, with or without dashes and a leading `#`
    or `…`; else None."""
    part = text.strip().casefold().removeprefix("#").removeprefix("…")
    digits = part.replace("-", "")
    if not _DIGITS.fullmatch(part) or not LEAST_DIGITS <= len(digits) <= sum(_GROUPS):
        return None
    return IdPart(_with_dashes(digits), part if len(part) == TAIL and part == digits else None)


def _with_dashes(digits: str) -> str:
    groups, begin = [], 0
    for size in _GROUPS:
        groups.append(digits[begin : begin + size])
        begin += size
    return "-".join(group for group in groups if group)
