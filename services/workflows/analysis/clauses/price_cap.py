"""How far the contract lets the price rise at a renewal."""

import re
from dataclasses import replace

from services.workflows.analysis.clauses.finding import Finding, found, settled, unreadable
from services.workflows.analysis.clauses.quantities import Percent, percents
from services.workflows.analysis.clauses.text import Sentence

_FEES = re.compile(
    r"\b(?:fees?|prices?|pricing|rates?|charges?|subscription (?:amount|cost)|renewal (?:price|fee|rate|amount))\b"
)
_RISE = re.compile(r"\b(?:increas|rais|rise|uplift|escalat|adjust|exceed|higher|cap(?:ped)?\b|index)")
_OTHER = re.compile(
    r"\b(?:interest|late (?:fee|payment|charge)|overdue|uptime|availability|service credits?|liabilit|damages"
    r"|taxes|refund|attorney)"
)
_INDEX = re.compile(r"\bconsumer price index|\bcpi(?:-u)?\b|\brpi\b|\bretail price index|\binflation\b|\bprice index\b")
_LESSER = re.compile(r"\b(?:lesser|lower|smaller|less) of\b")
_GREATER = re.compile(r"\b(?:greater|higher|larger) of\b")
_PLUS = re.compile(r"(?:\bplus\b|\+)[ (a-z]{0,20}$")
_LIMIT = re.compile(
    r"\b(?:not|no|never|neither|nor)\b.{0,80}\b(?:more than|exceed|in excess of|greater than|above|beyond|over"
    r"|by more)\b"
    r"|\bcapped\b|\bcap of\b|\bcap on\b|\blimited to\b|\bmaximum\b|\bup to\b|\bno more than\b|\bat most\b"
    r"|\bnot to exceed\b|\bceiling\b"
)
_SET = re.compile(
    r"\b(?:shall|will) (?:automatically )?(?:increase|rise|escalate|be increased|be raised|be adjusted)\b"
    r"|\b(?:annual|yearly) (?:uplift|increase|escalat\w{0,4}) of\b"
)
_LOCKED = re.compile(
    r"\b(?:fixed|firm|unchanged|locked|frozen|constant)\b|\b(?:shall|will|may) not (?:be )?(?:increase|raise"
    r"|rise|change)|\bno (?:price |fee |annual )?increases?\b"
)
_RENEWAL = re.compile(r"\brenew|\bsubsequent|\bsuccessive|\beach (?:year|term)|\bthroughout|\bany (?:renewal|year)")
_FREE = re.compile(
    r"\b(?:then-?current|prevailing|standard|list) (?:list )?(?:prices?|rates?|fees?|pricing)|\b(?:sole"
    r"|its own|own) discretion|\b(?:no|without(?: any)?) (?:cap|limit\w{0,6}) (?:on|of|to)\b|\buncapped\b"
)


def read(sentences: list[Sentence]) -> Finding:
    """`{status, basis, percent, limitPercent, limitIs, sentence}`.

    `basis` is fixed, set, locked, none, index, index_plus, lesser_of or greater_of. `limitPercent` is what a price can
    be held to: `limitIs` says whether it is exact, at most (an index may lower it) or at least (an index may raise it).
    """
    candidates = [one for sentence in sentences if (one := _read_one(sentence))]
    return settled(
        candidates,
        "no sentence limits how far the price may rise",
        "limits",
        lambda one: (one["basis"], one["percent"]),
    )


def _read_one(sentence: Sentence) -> Finding | None:
    plain = sentence.plain
    if not (
        _FEES.search(plain) and (_RISE.search(plain) or _LOCKED.search(plain) or _FREE.search(plain))
    ) or _OTHER.search(plain):
        return None
    named = [_rise(one, plain) for one in percents(plain)]
    if doubtful := next((one for one in named if one.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    if _INDEX.search(plain):
        return _by_index(sentence, named)
    if named and _LIMIT.search(plain):
        return _limit(sentence, "fixed", named[0].value, "exact")
    if named and _SET.search(plain):
        return _limit(sentence, "set", named[0].value, "exact")
    return _without_percentage(sentence)


def _rise(one: Percent, plain: str) -> Percent:
    """The rise that a percentage means: 103 % of the fees before is a rise of 3 %."""
    if one.value >= 100 and re.match(r" ?\)? of\b", plain[one.end : one.end + 6]):
        return replace(one, value=round(one.value - 100, 3))
    return one


def _by_index(sentence: Sentence, named: list[Percent]) -> Finding | None:
    plain = sentence.plain
    if not (_LIMIT.search(plain) or _SET.search(plain) or _RISE.search(plain)):
        return None
    if named and _LESSER.search(plain):
        return _limit(sentence, "lesser_of", min(one.value for one in named), "at most")
    if named and _GREATER.search(plain):
        return _limit(sentence, "greater_of", max(one.value for one in named), "at least")
    if named and any(_PLUS.search(plain[max(0, one.start - 30) : one.start]) for one in named):
        return _limit(sentence, "index_plus", named[0].value, "at least")
    if named and re.search(
        r"\bindex.{0,80}\b(?:not|never|no)\b.{0,40}\b(?:exceed|more than)|\bup to\b|\bcapped at|\bmaximum", plain
    ):
        return _limit(sentence, "lesser_of", named[0].value, "at most")
    if named:
        return unreadable("it ties the price to an index and a percentage in a way that is not understood", sentence)
    return found(sentence, basis="index", percent=None, limitPercent=None, limitIs=None)


def _without_percentage(sentence: Sentence) -> Finding | None:
    plain = sentence.plain
    if _LOCKED.search(plain) and not _LIMIT.search(plain):
        only_first = re.search(r"\binitial (?:term|period)|\bfirst (?:year|term)", plain) and not _RENEWAL.search(plain)
        return None if only_first else _limit(sentence, "locked", 0.0, "exact")
    if _FREE.search(plain):
        return found(sentence, basis="none", percent=None, limitPercent=None, limitIs=None)
    if _LIMIT.search(plain) and re.search(r"\bincreas|\buplift|\brais", plain):
        return unreadable("it limits how far the price may rise, but not by a percentage that can be read", sentence)
    return None


def _limit(sentence: Sentence, basis: str, percent: float, limit_is: str) -> Finding:
    return found(sentence, basis=basis, percent=percent, limitPercent=percent, limitIs=limit_is)
