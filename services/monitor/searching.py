"""What somebody who searches may mean: the id of a run, or words (pure)."""

from __future__ import annotations

import re

_ID_PREFIX = re.compile(r"[0-9a-f]{4,8}(-[0-9a-f-]*)?")


def looks_like_an_id(text: str) -> bool:
    """Whether `text` could be the beginning of an id: four hexadecimal digits or more, with the dashes of a UUID."""
    return bool(_ID_PREFIX.fullmatch(text.strip().casefold()))
