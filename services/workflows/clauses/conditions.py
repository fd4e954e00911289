"""Finds what a right to end the contract is bound to: a time, a payment, a kind of period."""

import re

from services.workflows.clauses import ending
from services.workflows.clauses.as_written import as_written
from services.workflows.clauses.text import Sentence

ONLY = re.compile(
    r"\bonly (?:after|in|during|if|upon|with|at|from|on|when|where|once|until|within|before)\b[^.;]{1,160}"
)
LIMIT = re.compile(
    r"\bprovided,? (?:however,? |further,? |always,? )?that\b[^.;]{1,200}|\bprovided, [^.;]{1,160}"
    r"|\b(?:except|unless|but|however)\b[^.;]{1,200}"
)
_PAYMENT = re.compile(
    r"\b(?:if|subject to|against)\b[^.;,]{0,60}?\b(?:pay|paid|fee|compensat|reimburs)[^.;,]{0,80}"
    r"|\b(?:upon|on|by|with|and|for) (?:\w+ ){0,3}?(?:pay|paid|fee|compensat|reimburs)[^.;,]{0,80}"
)
_UP_TO_WHO_MAY = r"(?=[,;.]|$| (?:either|each|any|a|the|both)? ?(?:[\w'-]+ ){1,2}(?:may|can|shall|will|has|have)\b)"
_TIME = re.compile(
    r"\b(?:after|following|from|until|not before|no earlier than|during|within|before|prior to|beginning|in"
    r"|(?:at|to) the end of) (?:the |a |an |any )?"
    r"(?:\S{1,14} ){0,3}?(?:initial|first|second|third|fourth|fifth|anniversary|renew(?:al|ed))\b[^.;,]{0,120}?"
    rf"{_UP_TO_WHO_MAY}"
    r"|\b(?:after|following|within|until) (?:\w+ )?(?:\S{1,14} ){1,4}?(?:months?|years?) (?:of|from|after"
    r"|following|anniversary)\b[^.;,]{1,120}?"
    rf"{_UP_TO_WHO_MAY}"
)
_CALENDAR_END = re.compile(
    r"\b(?:to|at|by|before|as of) (?:the )?end of (?:a|any|each|the) (?:calendar|quarter|month|year)\b[^.;,]{0,30}"
)
_OF_THE_NOTICE = re.compile(r"\bnotice|\bnotif|\bin writing\b")


def of(sentence: Sentence, text: str) -> str | None:
    """The first words that bind the right to a condition, as the contract writes them; None if it is open. That a
    notice is to be given is no condition."""
    if match := ONLY.search(text):
        return as_written(sentence, match.group().strip(" ,"))
    for pattern in (LIMIT, _PAYMENT, _TIME, _CALENDAR_END):
        match = next((match for match in pattern.finditer(text) if not _OF_THE_NOTICE.search(match.group())), None)
        if match:
            return as_written(sentence, match.group().strip(" ,"))
    return None


def calendar_end(text: str) -> bool:
    """Whether the contract ends with a month, a quarter or a year of the calendar."""
    return bool(_CALENDAR_END.search(text))


def before_limit(text: str) -> str:
    """The text up to a "but", "unless" or "provided that", if what stands before it gives a right already."""
    limit = LIMIT.search(text)
    return text[: limit.start()] if limit and ending.is_right(text[: limit.start()]) else text
