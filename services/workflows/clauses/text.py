"""Splits a contract's text into sentences, and says what of it cannot be read. The patterns are bounded, because
anybody may have written the text."""

import re
from dataclasses import dataclass

LONGEST_TEXT = 200_000
LONGEST_SENTENCE = 2_000

_BOUNDARY = re.compile(
    r"""(?<=[.!?])["”’)]?\s+(?=["“(]?(?-i:[A-Z0-9]))   # the end of a sentence
      | \n[ \t\r]*\n                              # an empty line
      | \n(?=[ \t]{0,20}(?:\d{1,3}(?:\.\d{1,3}){0,4}[.)]?[ \t]|\([a-z]{1,4}\)[ \t]|[-*•][ \t]|article\b|section\b))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:inc|ltd|corp|co|llc|no|nos|sec|art|cl|e\.g|i\.e|etc|vs|approx|mr|ms|mrs|dr|st|u\.s"
    r"|jan(?:uary)?|feb(?:ruary)?|mar|apr(?:il)?|jun|jul|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)|^\s*[\d.]{1,12}|\b[A-Z])\.$",
    re.IGNORECASE,
)
_GOES_ON_BEHIND = re.compile(
    r"(?:,|\b(?:the|of|to|an?|in|by|for|with|this|such|its|any|each|not|be|shall|will|and|or|at|on|from|that|least|than))\s*$"
)
_GOES_ON_BEFORE = re.compile(r"\s*(?:(?:page )?-?\d{1,3}-?\s+)?[a-z]")
_WORD = re.compile(r"[a-z]+")
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "shall",
        "will",
        "this",
        "that",
        "any",
        "by",
        "for",
        "or",
        "be",
        "not",
        "is",
        "as",
        "with",
        "under",
        "upon",
        "may",
    ]
)


@dataclass(frozen=True)
class Sentence:
    """`exact` is a slice of the contract, unchanged; `plain` is the same in lower case, with single spaces, and
    straight quotes and hyphens."""

    exact: str
    plain: str


def _plain(exact: str) -> str:
    straight = exact.lower().translate(
        {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0xA0: " "}
    )
    return " ".join(straight.split())


def why_unreadable(text: str) -> str | None:
    """Why nothing can be read from this text, or None if it can be tried."""
    sample = text[:LONGEST_TEXT]
    visible = [character for character in sample if not character.isspace()]
    if not visible:
        return "the contract has no text"
    if sum(character.isalpha() for character in visible) < len(visible) / 2:
        return "the text is mostly not letters, as a bad scan is"
    words = _WORD.findall(sample.lower())
    if len(words) >= 40 and sum(word in _ENGLISH for word in words) < len(words) / 12:
        return "the text does not read as English, the only language that is read"
    return None


def sentences(text: str) -> tuple[list[Sentence], list[str]]:
    """The sentences of a contract in order, and the parts that were not read, each with its reason."""
    left_out = []
    if len(text) > LONGEST_TEXT:
        left_out.append(f"only the first {LONGEST_TEXT:,} of {len(text):,} characters were read")
    found: list[Sentence] = []
    for exact in _pieces(text[:LONGEST_TEXT]):
        if len(exact) > LONGEST_SENTENCE:
            left_out.append(f"a sentence of {len(exact):,} characters is too long to be read: “{exact[:80]}…”")
        elif any(character.isalpha() for character in exact):
            found.append(Sentence(exact, _plain(exact)))
    return found, left_out


def _pieces(text: str) -> list[str]:
    pieces, start = [], 0
    for boundary in _BOUNDARY.finditer(text):
        # The closing quotation mark belongs to the sentence that it ends.
        end = boundary.start() + boundary.group().startswith(('"', "”", "’", ")"))
        ends_sentence = "\n" not in boundary.group() or boundary.group().strip()
        if ends_sentence and _ABBREVIATION.search(text[max(start, end - 14) : end]):
            continue
        if _is_inside_a_sentence(text, boundary, start):
            continue
        pieces.append(text[start:end].strip())
        start = boundary.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _is_inside_a_sentence(text: str, boundary: re.Match[str], start: int) -> bool:
    """Whether an empty line stands within a sentence, as the end of a page does: behind a word that cannot end one, or
    between a word and one in lower case."""
    if (
        not boundary.group().isspace()
        or boundary.group().count("\n") < 2
        or boundary.end() - start > LONGEST_SENTENCE // 2
    ):
        return False
    behind = text[max(start, boundary.start() - 20) : boundary.start()].rstrip()
    if not behind or behind[-1] in ".!?:;":
        return False
    return bool(_GOES_ON_BEHIND.search(behind) or _GOES_ON_BEFORE.match(text[boundary.end() : boundary.end() + 20]))
