"""Words that things are found by, without case and accents (pure)."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 16
LONGEST_WORD = 40
_WORD = re.compile(r"\w+")


def words_of(*texts: str | None, most: int = MOST_WORDS) -> list[str]:
    """The distinct words of `texts`, folded, in alphabetical order, so that equal texts give equal lists."""
    plain = unicodedata.normalize("NFKD", " ".join(text for text in texts if text)).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return sorted({word[:LONGEST_WORD] for word in _WORD.findall(plain)})[:most]
