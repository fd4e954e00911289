"""Finds among the periods of a sentence the one of its notice."""

import re

from services.workflows.clauses.quantities import Period, periods

_BEFORE = re.compile(
    r"^'?s?'?(?: |,)?(?:\(?(?:written|prior|advance)\)? ){0,3}(?:notice |notification )?.{0,60}?\b(?:prior"
    r"|before|in advance|ahead"
    r"|preceding|advance)\b"
)
_NOTICE = re.compile(r"^'?s?'? ?(?:[\w()-]{1,14} ){0,4}noti(?:ce|fication)")
_NOTICE_AHEAD = re.compile(
    r"\bnoti(?:ce|fication)(?: period)?(?: [\w']{1,12}){0,8}? (?:of |is |be |at least |not (?:less"
    r"|fewer) than |no(?:t)? less than |a minimum of ){1,3}$"
)
_OPENS = re.compile(r"(?:not|no) (?:more|earlier|sooner|greater) than (?:the )?$|\bat most $|\bup to $")
_WHOLE_NOTICE_PERIOD = re.compile(
    r"\b(?:end|expir\w{1,6}|during|after|within|throughout)(?: of)? (?:the|such|that|this|its) $"
)
_NTH_DAY_BEFORE = re.compile(
    r"\b(?P<days>\d{1,3}) ?(?:st|nd|rd|th) ?\)? (?:calendar )?day (?:prior|before|preceding)\b"
)
_UNLESS = re.compile(r"\b(?:unless|until|if)\b")


def named(plain: str) -> Period | None:
    """The notice period among the periods of a sentence, recognised by the words after or before it."""
    every = periods(plain)
    possible = [period for period in every if not _is_no_limit(period, plain)]
    for pattern in (_BEFORE, _NOTICE):
        for period in possible:
            following = [each.start for each in every if each.start > period.start]
            behind = plain[period.end : min([period.end + 100, *following])]
            if (found := pattern.search(behind)) and not _UNLESS.search(found.group()):
                return period
    if nth := _NTH_DAY_BEFORE.search(plain):
        return Period(int(nth["days"]), "day", nth.start(), nth.end())
    return next((each for each in possible if _NOTICE_AHEAD.search(plain[max(0, each.start - 120) : each.start])), None)


def _is_no_limit(period: Period, plain: str) -> bool:
    """Whether a period is no deadline: only the earliest day of a notice, or a notice period in or after which
    something happens."""
    ahead = plain[max(0, period.start - 40) : period.start]
    return bool(
        _OPENS.search(ahead)
        or (_WHOLE_NOTICE_PERIOD.search(ahead) and "notice period" in plain[period.end : period.end + 16])
    )
