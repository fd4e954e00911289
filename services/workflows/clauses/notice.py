"""Reads how long before the end of the term a notice of non-renewal must be given, or by which day."""

import re
from dataclasses import dataclass
from datetime import date

from services.workflows.clauses import notice_period, renewal
from services.workflows.clauses.finding import Finding, found, settled, unreadable
from services.workflows.clauses.renewal_wish import whose_wish
from services.workflows.clauses.text import Sentence
from services.workflows.clauses.written_dates import day_of_a_year

_NOTICE = re.compile(
    r"\bnoti(?:ce|fy|fies|fied|fication|fying)|\bin writing\b|\badvis|\binform|\belect|\bopts? out|\bcancel"
    r"|\bdeclin|\bobject|\btells?\b"
)
_NOT_TO_RENEW = re.compile(
    r"\bnot (?:(?:wish|want|intend|desire|choose|elect|be|to|have|so)\w{0,4} ){0,3}(?:renew|extend|prolong"
    r"|continu)"
    r"|\bnon-? ?(?:renew|extension|continuation)|\b(?:prevent|avoid|decline|stop|against|opt out of|oppos\w+"
    r"|cancel|terminat\w+|discontinu\w+) (?:the |such |any |this |its |said )?"
    r"(?:automatic |further |next )?(?:renewal|extension)|\bdecline to (?:renew|extend)|\bopts? out"
    r"|\bnotice to the contrary"
)
_ENDS_AT_THE_END = re.compile(
    r"\b(?:terminat|cancel|end)\w{0,6}\b.{0,200}?(?<!given )(?<!made )\b(?:prior to|before|preceding"
    r"|in advance of|to|as of|at|effective (?:as of|at|on|upon|with))"
    r"(?: \w+){0,2}? (?:end|expir\w{1,6}|conclusion|close|anniversary)\b(?: date)?(?: (?:of|in|the|this|any"
    r"|each|its|such|a|an|said|then|current|then-current|initial|renewal|first|extended|contract|applicable"
    r"|calendar|or)){1,6}"
    r" (?:terms?|periods?|agreement|contract|year|subscription|order)\b"
)
_END_OF_TERM = re.compile(
    r"\b(?:end|expir\w{1,6}|conclusion|close|completion|last day|anniversary|renewal(?: date)?|start"
    r"|commencement|beginning)\b"
    r".{0,80}?\b(?:terms?|periods?|renewal|agreement|contract|date|anniversary|year|subscription|thereof)\b"
    r"|\b(?:before|prior to) (?:the |any |each |such |its |this |that |then-current |current "
    r"|initial )*(?:terms?|periods?|agreement|contract"
    r"|subscription|order) (?:ends?|expires?|renews?|is (?:to be )?renewed|runs out|is over)\b"
    r"|\bbefore it (?:ends|expires|renews)\b"
    r"|\brenewal date\b|\bexpir(?:y|ation|es)\b|\bthen-?(?: |-)?current\b|\banniversary\b|\bnext renewal\b"
    r"|\b(?:before|prior to) (?:the |any |each )?renewal\b"
)
_PRICE = re.compile(
    r"\b(?:price|pricing|fees?|rates?|charges?)\b.{0,60}\b(?:increas|chang|adjust|uplift)|\b(?:increas|chang"
    r"|adjust)\w{0,6} (?:in|of|to) (?:the )?(?:price|pricing|fee|rate|charge)"
)
_ANOTHER_PAPER = re.compile(
    r"\binsur(?:ance|ed|er)|\bpolic(?:y|ies)\b|\bletters? of credit\b|\bbonds?\b|\bcertificates? of\b"
)
_EXTENDS_OVER = re.compile(r"\bextend (?:beyond|past|over|to)\b(?!.*\brenew)")
_EFFECT = re.compile(r"^\W*(?:[\d.]+\W+)?(?:if|upon|on|after|following|when|in the event)\b.{0,60}\bterminat")
_OF_A_CALENDAR_YEAR = re.compile(r"\b(?:end|close|expir\w{1,6}) of (?:a|any|each|the) calendar year\b|\byear[ -]end\b")
_OF_THE_CALENDAR = re.compile(
    r"\b(?:end|close|expir\w{1,6}) of (?:a|any|each|the) (?:calendar )?(?:calendar|quarter|month)\b"
)
_CURE = re.compile(r"(?<!other than )\b(?:cure|breach|default|convenience|invoice|payment)")
_BY_A_DAY = re.compile(r"\b(?:on or before|not later than|no later than|prior to|before|by|until)(?: the)? ?$")
_SUCH_A_NOTICE = re.compile(
    r"\b(?:such|said|this|that|the) (?:(?:written|prior|termination|cancellation|advance"
    r"|non-?renewal) ){0,3}(?:notice|notification|election|intention)\b"
    r"|\b(?:notice|notification|intention)\b(?: [\w'-]{1,14}){0,8}? (?:must|shall|has to|is to|should|will"
    r"|needs? to)\b"
)
_MAY_END = re.compile(r"\bmay\b[^.;]{0,80}?\b(?:terminat|cancel)")
_AFTER_THE_FIRST_TERM = re.compile(
    r"\b(?:after|following|during|upon (?:the )?(?:expir\w+|completion|end) of|in)\b[^.;,]{0,50}?\b(?:initial"
    r"|first|renewal|renewed|extended|original|extension|minimum|successive)\b[^.;,]{0,30}\b(?:terms?|periods?"
    r"|years?)\b|\bthereafter\b|\b(?:month|year)[ -]to[ -](?:month|year)\b"
)
_ENDED_BY_NOTICE = re.compile(r"\b(?:terminat|terminab|cancel|until\b|ended\b)")
_SUBJECT = re.compile(
    r"\b(customer|client|licensee|subscriber|buyer|you)\b|\b(provider|vendor|supplier|licensor|company"
    r"|contractor|we)\b"
)
_BOTH_NAMED = re.compile(rf"(?:{_SUBJECT.pattern}) (?:or|and) (?:the )?(?:{_SUBJECT.pattern})")


@dataclass(frozen=True)
class _Reading:
    """What a sentence says of a notice, and how surely it is the one against a renewal: the lower the rank, the surer."""

    rank: int
    finding: Finding


def read(sentences: list[Sentence], term_end: date | None, renews: Finding) -> Finding:
    """`{status, period, amount, unit, noticeDate, party, sentence}`; the date is the last day for giving notice. A notice
    that is due by a day of the year has no amount.

    A sentence that names the notice and the renewal decides. Where a contract renews by itself, it may also stand in a
    sentence behind that one, or in the one that says how the contract is ended after its first term.
    """
    readings = [reading for sentence in sentences if (reading := _read_one(sentence, term_end))]
    if renews.get("renews"):
        readings += _behind_the_renewal(sentences, renews, term_end)
        readings += [reading for sentence in sentences if (reading := _ending_after_the_first_term(sentence, term_end))]
    return _surest(readings)


def _behind_the_renewal(sentences: list[Sentence], renews: Finding, term_end: date | None) -> list[_Reading]:
    """The notice whose length one of the three sentences behind that of the renewal gives."""
    of_renewal = next(
        (at for at, sentence in enumerate(sentences) if sentence.exact == renews["sentence"]), len(sentences)
    )
    behind = sentences[of_renewal + 1 : of_renewal + 4]
    return [reading for sentence in behind if (reading := _of_such_a_notice(sentence, term_end))][:1]


def _surest(readings: list[_Reading]) -> Finding:
    known = [reading for reading in readings if reading.finding["status"] == "found"] or readings
    best = min((reading.rank for reading in known), default=0)
    findings = [reading.finding for reading in known if reading.rank == best]
    dated = [finding for finding in findings if finding.get("amount")] or findings
    ours = [finding for finding in dated if finding.get("party") != "provider"] or dated
    return settled(
        ours,
        "no sentence says when a notice of non-renewal is due",
        "notice periods",
        lambda finding: finding["period"],
    )


def _read_one(sentence: Sentence, term_end: date | None) -> _Reading | None:
    """The notice of a sentence that itself says that it is one against a renewal."""
    plain = sentence.plain
    not_to_renew, of_renewal = _NOT_TO_RENEW.search(plain), renewal.goes_on_unless_ended(plain)
    if not (of_renewal or _NOTICE.search(plain)) or not (not_to_renew or of_renewal or _ENDS_AT_THE_END.search(plain)):
        return None
    if _ANOTHER_PAPER.search(plain) or _EXTENDS_OVER.search(plain):
        return None
    if _PRICE.search(plain) and not not_to_renew:
        return None
    if not (not_to_renew or of_renewal) and (_CURE.search(plain) or _EFFECT.search(plain) or whose_wish(plain)):
        return None
    if _OF_A_CALENDAR_YEAR.search(plain):
        return _found(sentence, date(term_end.year, 12, 31) if term_end else None)
    if _OF_THE_CALENDAR.search(plain):
        why = "the notice counts to an end of the calendar, which need not be the end of the term"
        return _Reading(1, unreadable(why, sentence))
    if not (_END_OF_TERM.search(plain) or not_to_renew or notice_period.named(plain)):
        why = "it speaks of a notice against the renewal in a way that is not understood"
        return _by_a_day(sentence, term_end) or (_Reading(1, unreadable(why, sentence)) if of_renewal else None)
    return _found(sentence, term_end)


def _found(sentence: Sentence, end: date | None, rank: int = 1) -> _Reading:
    period = notice_period.named(sentence.plain)
    if period is None:
        why = "it speaks of a notice before the end of the term, but names no number of days or months"
        return _by_a_day(sentence, end) or _Reading(rank, unreadable(why, sentence))
    if period.doubt:
        return _Reading(rank, unreadable(period.doubt, sentence))
    day = period.before(end).isoformat() if end else None
    party = _party(sentence.plain[: period.start])
    values = {"period": str(period), "amount": period.amount, "unit": period.unit, "noticeDate": day, "party": party}
    return _Reading(rank, found(sentence, **values))


def _by_a_day(sentence: Sentence, end: date | None) -> _Reading | None:
    """A notice that is due by a day of the year: the last such day before the end of the term."""
    plain = sentence.plain
    named = day_of_a_year(plain)
    if named is None or end is None or not _BY_A_DAY.search(plain[max(0, named.start - 24) : named.start]):
        return None
    last = named.in_year(end.year)
    day = last if last <= end else named.in_year(end.year - 1)
    period = f"by {day:%B} {day.day}"
    values = {"period": period, "amount": None, "unit": None, "noticeDate": day.isoformat()}
    return _Reading(1, found(sentence, **values, party=_party(plain[: named.start])))


def _of_such_a_notice(sentence: Sentence, term_end: date | None) -> _Reading | None:
    """The length of a notice of which the sentence before speaks."""
    plain = sentence.plain
    speaks_of_it = _SUCH_A_NOTICE.search(plain) and not _CURE.search(plain) and not _PRICE.search(plain)
    if not speaks_of_it or _MAY_END.search(plain) or _ANOTHER_PAPER.search(plain) or notice_period.named(plain) is None:
        return None
    return _found(sentence, term_end, rank=2)


def _ending_after_the_first_term(sentence: Sentence, term_end: date | None) -> _Reading | None:
    """The notice by which a contract that goes on after its first term is ended."""
    plain = sentence.plain
    if not _NOTICE.search(plain) or not _ENDED_BY_NOTICE.search(plain) or _CURE.search(plain):
        return None
    if not _AFTER_THE_FIRST_TERM.search(plain) or notice_period.named(plain) is None:
        return None
    return _found(sentence, term_end, rank=3)


def _party(before: str) -> str:
    """Who gives the notice: the first party that is named before the period."""
    if re.search(r"\b(?:either|neither|each|both|one|a) part", before) or _BOTH_NAMED.search(before):
        return "either"
    named = _SUBJECT.search(before)
    if not named:
        return "either"
    return "customer" if named[1] else "provider"
