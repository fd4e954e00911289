"""What somebody who searches may mean: the id of a run, or words (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = re.compile(r"[0-9a-f]+(-[0-9a-f]+)*-?")
_GROUPS = (8, 4, 4, 4, 12)
LEAST_DIGITS = 4
TAIL = 8
"""So many digits at the end of an id are what lists show of it."""


@dataclass(frozen=True)
class IdPart:
    """A part of an id: its beginning, as ids are written, and its end where it is long enough to be one."""

    beginning: str
    tail: str | None


def id_part(text: str) -> IdPart | None:
    """What `text` says if it is a part of an id: four hexadecimal digits or more, with or without dashes and a `#` before them."""
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
