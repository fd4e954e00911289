"""Reads the credits that a missed service level costs."""

import re
from collections.abc import Sequence

from services.workflows.clauses.finding import Finding, found, not_found
from services.workflows.clauses.quantities import Percent, percents
from services.workflows.clauses.text import Sentence

_BY_NAME = re.compile(r"\b(?:service|service[ -]level|performance|sla|availability|uptime) credits?\b")
_CREDITED = re.compile(
    r"\bcredits? (?:of|equal to|equivalent to|in the amount of|against|towards?|(?:to )?(?:the )?(?:customer"
    r"|client|licensee))\b"
    r"|\b(?:credited|a credit)\b|\b(?:shall|will) credit\b"
)
_MISSED = re.compile(
    r"\b(?:service levels?|sla|uptime|is up|availab(?:le|ility)|downtime|outages?|response times?|unavailab\w+"
    r"|interruptions?)\b"
)
_OTHER_CREDIT = re.compile(
    r"\bcredit (?:card|worth|check|rating|history|facilit|terms|agreement|line|bureau|report)|\bletters? of credit\b"
)
_NONE = re.compile(
    r"\bno (?:\w+ ){0,3}credits?\b|\bcredits? (?:is|are|shall be|will be) (?:not|never)\b"
    r"|\bwithout (?:\w+ ){0,2}credits?\b"
    r"|\bnot (?:be )?(?:entitled|eligible|receive|get|give|grant|owe)\b[^.;]{0,40}?\bcredits?\b"
)
_OF_THE_FEES = re.compile(r"\W{0,3}of [^.;%]{0,40}?\b(?:fees?|charges?|invoice|amount|price|payment)\b")
_CREDIT_OF = re.compile(r"\bcredit(?:s|ed)?(?: (?:\w+ ){0,3}?(?:of|to|by|with)\b[ a-z(]{0,20}| )$")


def read(sentences: Sequence[Sentence]) -> Finding:
    """`{status, percent, sentence}`: the first sentence that gives a credit, preferably one that says how much; the
    percentage is the first one of the fees."""
    about = [sentence for sentence in sentences if "credit" in sentence.plain and _gives_credit(sentence.plain)]
    if not about:
        return not_found("no sentence gives a credit for a missed service level")
    telling = next((sentence for sentence in about if _percents(sentence.plain)), about[0])
    named = _percents(telling.plain)
    return found(telling, percent=named[0].value if named else None)


def _gives_credit(plain: str) -> bool:
    if _NONE.search(plain):
        return False
    other = _OTHER_CREDIT.sub(" ", plain)
    return bool(_BY_NAME.search(other) or (_CREDITED.search(other) and _MISSED.search(other)))


def _percents(plain: str) -> list[Percent]:
    """The percentages that are a credit, rather than the service level: those of the fees, or behind the word."""
    return [
        percent
        for percent in percents(plain)
        if not percent.doubt
        and (
            _OF_THE_FEES.match(plain, percent.end)
            or _CREDIT_OF.search(plain[max(0, percent.start - 40) : percent.start])
        )
    ]
