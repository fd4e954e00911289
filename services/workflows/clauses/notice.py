"""Reads how long before the end of the term a notice of non-renewal must be given."""

import re
from datetime import date

from services.workflows.clauses.finding import Finding, found, settled, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_NOTICE = re.compile(
    r"\bnoti(?:ce|fy|fies|fied|fication)|\bin writing\b|\badvis|\binform|\belect|\bopts? out|\bcancel|\bdeclin|\bobject|\btells?\b"
)
_AGAINST_RENEWAL = re.compile(
    r"\bnot (?:(?:wish|want|intend|desire|choose|elect)\w{0,3} )?(?:to |be )?(?:renew|extend|prolong)"
    r"|\bnon-?renew|\b(?:prevent|avoid|decline|stop|against|opt out of) (?:the |such |any |this )?"
    r"(?:automatic |further )?(?:renewal|extension)|\bdecline to renew|\bopts? out|\b(?:renew|extend|prolong"
    r"|continu|roll)\w{0,8}\b.{0,300}\bunless\b"
    r"|\bunless\b.{0,200}\b(?:renew|extend|terminat|cancel)"
    r"|\bterminat\w{0,5}\b.{0,150}\b(?:end|expir\w{1,6}) of (?:the|its|any)\b"
    r"|\bnotice\b.{0,200}\botherwise\b.{0,40}\b(?:renew|extend|prolong)"
)
_NOT_TO_RENEW = re.compile(
    r"\bnot (?:(?:wish|want|intend|desire|choose|elect)\w{0,3} )?(?:to |be )?(?:renew|extend|prolong)|\bnon-?renew"
)
_END_OF_TERM = re.compile(
    r"\b(?:end|expir\w{1,6}|conclusion|close|completion|last day|anniversary|renewal(?: date)?|start"
    r"|commencement|beginning)\b"
    r".{0,80}\b(?:terms?|periods?|renewal|agreement|contract|date|anniversary|year|subscription|thereof)\b"
    r"|\b(?:before|prior to) (?:the |any |each |such |its |this |that |then-current |current )*(?:terms?|periods?|agreement|contract"
    r"|subscription) (?:ends?|expires?|renews?|is renewed|runs out|is over)\b|\bbefore it (?:ends|expires|renews)\b"
    r"|\brenewal date\b|\bexpir(?:y|ation|es)\b|\bthen-?current\b|\banniversary\b|\bnext renewal\b|\b(?:before"
    r"|prior to) (?:the |any |each )?renewal\b"
)
_PRICE = re.compile(
    r"\b(?:price|pricing|fees?|rates?|charges?)\b.{0,60}\b(?:increas|chang|adjust|uplift)|\b(?:increas|chang"
    r"|adjust)\w{0,6} (?:in|of|to) (?:the )?(?:price|pricing|fee|rate|charge)"
)
_BEFORE = re.compile(
    r"^'?s?'?(?: |,)?(?:\(?(?:written|prior|advance)\)? ){0,3}(?:notice |notification )?.{0,40}?\b(?:prior"
    r"|before|in advance|ahead|preceding|advance)\b"
)
_NOTICE_OF_PERIOD = re.compile(r"^'?s?'? ?(?:\w{1,10} ){0,3}noti(?:ce|fication)")
_PRECEDED = re.compile(r"\bnoti(?:ce|fication)(?: period)? of (?:at least |not (?:less|fewer) than |a minimum of )?$")
_OPENS = re.compile(r"(?:not|no) (?:more|earlier|sooner) than (?:the )?$")
_EXTENDS_OVER = re.compile(r"\bextend (?:beyond|past|over|to)\b(?!.*\brenew)")
_EFFECT = re.compile(r"^\W*(?:[\d.]+\W+)?(?:if|upon|on|after|following|when|in the event)\b.{0,60}\bterminat")
_OF_THE_CALENDAR = re.compile(
    r"\b(?:end|close|expir\w{1,6}) of (?:a|any|each|the) (?:calendar )?(?:calendar|quarter|month)\b"
)
_WHOLE_NOTICE_PERIOD = re.compile(
    r"\b(?:end|expir\w{1,6}|during|after|within|throughout)(?: of)? (?:the|such|that|this|its) $"
)
_CURE = re.compile(r"\bcure|\bbreach|\bconvenience|\binvoice|\bpayment")
_SUBJECT = re.compile(
    r"\b(customer|client|licensee|subscriber|buyer|you)\b|\b(provider|vendor|supplier|licensor|company|contractor|we)\b"
)
_BOTH_NAMED = re.compile(rf"(?:{_SUBJECT.pattern}) (?:or|and) (?:the )?(?:{_SUBJECT.pattern})")


def read(sentences: list[Sentence], term_end: date | None) -> Finding:
    """`{status, period, amount, unit, noticeDate, party, sentence}`; the date is the last day for giving notice."""
    candidates = [finding for sentence in sentences if (finding := _read_one(sentence, term_end))]
    ours = [finding for finding in candidates if finding.get("party") != "provider"] or candidates
    return settled(
        ours,
        "no sentence says when a notice of non-renewal is due",
        "notice periods",
        lambda finding: finding["period"],
    )


def _read_one(sentence: Sentence, term_end: date | None) -> Finding | None:
    plain = sentence.plain
    if not (_NOTICE.search(plain) and _AGAINST_RENEWAL.search(plain)):
        return None
    if _PRICE.search(plain) and not re.search(r"\bnon-?renew|\bnot (?:to )?renew", plain):
        return None
    if _CURE.search(plain) and not re.search(r"renew|extend", plain):
        return None
    of_renewal = re.search(r"renew|extend|extension|prolong|\bcontinu|\broll", plain)
    if _EXTENDS_OVER.search(plain) or (_EFFECT.search(plain) and not of_renewal):
        return None
    if _OF_THE_CALENDAR.search(plain):
        return unreadable(
            "the notice counts to an end of the calendar, which need not be the end of the term", sentence
        )
    if not _END_OF_TERM.search(plain) and not _NOT_TO_RENEW.search(plain):
        return (
            unreadable("it speaks of a notice against the renewal in a way that is not understood", sentence)
            if (of_renewal)
            else None
        )
    period = _notice_period(plain)
    if period is None:
        return unreadable(
            "it speaks of a notice before the end of the term, but names no number of days or months", sentence
        )
    if period.doubt:
        return unreadable(period.doubt, sentence)
    return found(
        sentence,
        period=str(period),
        amount=period.amount,
        unit=period.unit,
        noticeDate=period.before(term_end).isoformat() if term_end else None,
        party=_party(plain[: period.start]),
    )


def _notice_period(plain: str) -> Period | None:
    """The notice period among the periods of a sentence, recognised by the words after or before it."""
    named = [period for period in periods(plain) if not _is_no_limit(period, plain)]
    for pattern in (_BEFORE, _NOTICE_OF_PERIOD):
        for period in named:
            if pattern.search(plain[period.end : period.end + 90]):
                return period
    return next((period for period in named if _PRECEDED.search(plain[max(0, period.start - 60) : period.start])), None)


def _is_no_limit(period: Period, plain: str) -> bool:
    """Whether a period is no deadline: only the earliest day of a notice, or a notice period in or after which
    something happens."""
    ahead = plain[max(0, period.start - 40) : period.start]
    return bool(
        _OPENS.search(ahead)
        or (_WHOLE_NOTICE_PERIOD.search(ahead) and "notice period" in plain[period.end : period.end + 16])
    )


def _party(before: str) -> str:
    """Who gives the notice: the first party that is named before the period."""
    if re.search(r"\b(?:either|neither|each|both|one|a) part", before) or _BOTH_NAMED.search(before):
        return "either"
    named = _SUBJECT.search(before)
    if not named:
        return "either"
    return "customer" if named[1] else "provider"
