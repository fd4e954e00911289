"""Reads for how many months a contract renews."""

import re

from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_FIRST = re.compile(
    r"\b(?:initial|first|original|primary|expiring|prior|previous|preceding)\b[^,;]{0,40}$|\b(?:end|expir\w+"
    r"|completion) of (?:the |this |such |said |that )?$"
)
_AT_LEAST = re.compile(
    r"\b(?:at least|not? (?:less|fewer|later|more) than|within|no later than|minimum of)(?: the)? ?$"
    r"|\bnotice (?:period )?(?:of )?$"
)
_OF_A_NOTICE = re.compile(
    r"^(?:'s?)?[ ,)]{0,2}(?:(?!unless|if |until )[^;]){0,30}?\b(?:prior|before|in advance|notice|preceding"
    r"|ahead|following|after|from the)\b"
)
_MONTHLY = re.compile(
    r"\bmonth(?:-| )(?:to|by)(?:-| )month\b|\bmonthly\b|\beach month\b|\bevery month\b|\b(?:successive"
    r"|additional|consecutive) months\b"
)
_YEARLY = re.compile(
    r"\byear(?:-| )(?:to|by|after)(?:-| )year\b|\b(?:each|every) (?:\w+ )?(?:year|anniversary)\b"
    r"|\bannual(?:ly)?\b|\byearly\b|\bby (?:the|a) year\b|\bfor (?:the|each) (?:following|next|succeeding"
    r"|subsequent) (?:calendar |contract )?year\b|\b(?:successive|additional|consecutive"
    r"|subsequent) (?:\w+ )?years\b"
)
_QUARTERLY = re.compile(
    r"\bquarter(?:-| )to(?:-| )quarter\b|\bquarterly\b|\b(?:successive|additional) (?:calendar )?quarters\b"
)
_AS_LONG_AS_THE_FIRST = re.compile(
    r"\b(?:same|like|equal|identical|similar|equivalent)\b[^.;]{0,30}\b(?:periods?|terms?|length|duration)\b"
    r"|\bequal to the (?:initial|original)\b"
)
_MORE_AHEAD = re.compile(r"\b(?:additional|successive|further|subsequent|consecutive|renewal|another|every)\b")
_A_RENEWED_TERM = re.compile(
    r"\b(?:renewal|extension|extended|renewed|successive|additional|subsequent)[ -](?:terms?"
    r"|periods?)\b[^.;]{0,80}?\b(?:is|are|be|means?|mean|have|has|lasts?|runs?|for|of)\b"
)
_THE_FIRST_TERM = re.compile(
    r"\b(?:initial|first|original)\b[^.;]{0,20}\b(?:terms?|periods?)\b|\bterm of (?:this|the) \w+\b"
    r"|\bthis \w+ (?:shall|will)\b"
)


def in_sentence(plain: str, verb: int) -> int | None:
    """The months of a renewal that the sentence names; of several lengths the one behind the verb of going on."""
    lengths = [period for period in periods(plain) if _is_a_length(plain, period)]
    for period in sorted(lengths, key=lambda each: (each.start < verb, each.start)):
        if period.start > verb or _is_of_more(plain[max(0, period.start - 80) : period.start]):
            return _months(period)
    said = plain[max(0, verb - 60) :]
    for pattern, months in ((_MONTHLY, 1), (_YEARLY, 12), (_QUARTERLY, 3)):
        if pattern.search(said):
            return months
    if _AS_LONG_AS_THE_FIRST.search(said) and lengths:
        return _months(lengths[0])
    return None


def elsewhere(plain: str, sentences: list[Sentence]) -> int | None:
    """The months of a renewal whose own sentence names none: as another sentence defines them, or as long as the first
    term if the renewal is."""
    for sentence in sentences:
        if defined := _A_RENEWED_TERM.search(sentence.plain):
            lengths = [each for each in periods(sentence.plain) if _is_a_length(sentence.plain, each)]
            behind = [each for each in lengths if defined.start() < each.start < defined.end() + 60]
            if behind:
                return _months(behind[0])
    if _AS_LONG_AS_THE_FIRST.search(plain):
        for sentence in sentences:
            if _THE_FIRST_TERM.search(sentence.plain):
                lengths = [
                    each
                    for each in periods(sentence.plain)
                    if _is_long(each) and not _OF_A_NOTICE.match(sentence.plain[each.end :])
                ]
                if lengths:
                    return _months(lengths[0])
    return None


def _is_of_more(ahead: str) -> bool:
    """Whether the words before a length say that it is another term's, and not the first's."""
    return bool(_MORE_AHEAD.search(ahead[-40:])) and not _THE_FIRST_TERM.search(ahead)


def _is_long(period: Period) -> bool:
    return period.unit in ("month", "year") and not period.doubt and period.amount > 0


def _is_a_length(plain: str, period: Period) -> bool:
    """Whether a period is a renewed term's length: neither a notice's nor the first term's."""
    ahead = plain[max(0, period.start - 60) : period.start]
    return (
        _is_long(period)
        and not _FIRST.search(ahead)
        and not _AT_LEAST.search(ahead)
        and not _OF_A_NOTICE.match(plain[period.end : period.end + 60])
    )


def _months(period: Period) -> int:
    return period.amount * (12 if period.unit == "year" else 1)
