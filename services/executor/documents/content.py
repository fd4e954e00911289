"""What the kinds of file have in common: what was found in one, and why one is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that no column or page can hold, or that nobody sees."""

MOST_CHARACTERS = 1_000_000
"""The most characters of a text that a reader hands over; a contract has a tenth of that."""

TRAILING = re.compile(r"[ \t\xa0]+(?=\n)")
EMPTY_LINES = re.compile(r"\n{3,}")


class Refused(Exception):
    """The file is not read; the message says why, for people."""


@dataclass
class Content:
    """What was found in a file: its text, its pages if it has any, and what was left out of the text."""

    text: str
    pages: int | None = None
    problems: list[str] = field(default_factory=list)


def tidied(text: str) -> str:
    """The text with plain line ends, without what nobody sees."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return EMPTY_LINES.sub("\n\n", TRAILING.sub("", UNWANTED.sub("", lines))).strip()
