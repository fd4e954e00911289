"""Extracts search words from texts: without case, accents and letters of single languages."""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 16
LONGEST_WORD = 40
LETTERS = str.maketrans(
    {
        "æ": "ae", "ð": "d", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "ø": "o", "œ": "oe", "þ": "th", "ŧ": "t",
    }
)  # fmt: skip
"""Letters that Unicode does not decompose into a plain letter and a mark, with what people type instead."""

_WORD = re.compile(r"\w+")


def words_of(*texts: str | None, most: int = MOST_WORDS) -> list[str]:
    """The distinct words of `texts`, folded, in alphabetical order, so that equal texts give equal lists; the
    first `most` of them."""
    plain = unicodedata.normalize("NFKD", " ".join(text for text in texts if text)).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character)).translate(LETTERS)
    return sorted({word[:LONGEST_WORD] for word in _WORD.findall(plain)})[:most]
