"""Words that a run is found by: its name and its customer's, without case and accents (pure)."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 16
LONGEST_WORD = 40
_WORD = re.compile(r"\w+")
_ID_PREFIX = re.compile(r"[0-9a-f]{4,8}(-[0-9a-f-]*)?")


def words_of(*texts: str | None) -> list[str]:
    """The distinct words of `texts`, folded, in alphabetical order, so that equal texts give equal lists."""
    plain = unicodedata.normalize("NFKD", " ".join(text for text in texts if text)).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return sorted({word[:LONGEST_WORD] for word in _WORD.findall(plain)})[:MOST_WORDS]


def looks_like_an_id(text: str) -> bool:
    """Whether `text` could be the beginning of an id: four hexadecimal digits or more, with the dashes of a UUID."""
    return bool(_ID_PREFIX.fullmatch(text.strip().casefold()))
