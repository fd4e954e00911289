"""Reads who may end the contract for a breach, and how long the other has to cure it."""

import re
from collections.abc import Sequence

from services.workflows.clauses import ending, parties
from services.workflows.clauses.finding import Finding, found, not_found, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_CAUSE = re.compile(
    r"\bfor (?:good )?cause\b|\bmaterial(?:ly)? breach|\bbreach(?:es|ed)?\b|\binsolven|\bbankrupt|\bfails? to\b"
    r"|\bfailure\b"
)
_WITHOUT = re.compile(
    r"\bfor (?:its |their |any )?convenience|\bwithout (?:any )?(?:cause|reason)\b|\bfor (?:any or )?no reason"
)
_CURE_BEHIND = re.compile(
    r"^'?s?'?(?: \(?\w+\)?){0,3}? ?(?:of|after|from|following|cure|notice|prior|written|to (?:cure|remedy"
    r"|correct|put (?:it|them|that) right|make (?:it|them|that) good))\b"
)
_CURE_AHEAD = re.compile(
    r"\b(?:cure\w*|remed\w+|correct\w*|within|period of|upon|on)\b[^.;]{0,40}(?<!\bfirst )(?<!\binitial )(?<!\blast )$"
)
_ENDS_BY_ITSELF = re.compile(r"\bterminates? (?:\w+ ){0,3}(?:upon|on|if|when)\b")


def read(passages: Sequence[tuple[Sentence, str]]) -> Finding:
    """`{status, allowed, party, cure, sentence}`: the most telling of all sentences, which do not contradict each
    other; preferably one with a time to cure."""
    about = [
        _of(sentence, text)
        for sentence, text in passages
        if ending.ENDING.search(text) and _CAUSE.search(text) and not _WITHOUT.search(text)
    ]
    telling = sorted(about, key=lambda finding: (finding["status"] != "found", finding.get("cure") is None))
    return telling[0] if telling else not_found("no sentence speaks of ending the contract for a breach")


def _of(sentence: Sentence, text: str) -> Finding:
    if not (ending.is_right(text) or _ENDS_BY_ITSELF.search(text)):
        return unreadable("it speaks of ending the contract for a breach in a way that is not understood", sentence)
    cures = [period for period in periods(text) if not period.doubt and _is_cure(period, text)]
    return found(sentence, allowed=True, party=parties.party(text), cure=str(cures[0]) if cures else None)


def _is_cure(period: Period, text: str) -> bool:
    """Whether a period is the time to cure a breach, and not the length of the contract."""
    ahead, behind = text[max(0, period.start - 60) : period.start], text[period.end : period.end + 40]
    return bool(_CURE_AHEAD.search(ahead) or _CURE_BEHIND.search(behind))
