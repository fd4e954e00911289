"""Reads whether the contract renews by itself, and for how long."""

import re

from services.workflows.clauses.finding import Finding, found, settled, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_CONTRACT = r"(?:terms?|agreements?|contracts?|subscriptions?|orders?|order form|services?|licen[cs]es?|maintenance|periods?|it)"
_NO = re.compile(
    r"\b(?:shall|will|does|do|is|are|may) not (?:be )?(?:automatically |tacitly )?(?:auto-?)?(?:renew|extend|prolong)"
    r"|\b(?:may|can|shall|will) (?:only )?be (?:renewed|extended) (?:only )?(?:by|upon|on|with|through"
    r"|if) (?:the )?(?:\w{1,10} ){0,3}(?:agreement|consent|signature|order|amendment|approval|instrument)"
)
_NO_RENEWAL = re.compile(
    r"\b(?:no|without|not subject to) (?:any )?(?:auto(?:matic)?|tacit|implied)[ -](?:renewal|extension)"
    r"|\brenewal (?:requires|is subject to|shall require)\b"
)
_ENDS_UNLESS_AGREED = re.compile(
    rf"\b{_CONTRACT} (?:(?:shall|will|then|automatically) ){{0,2}}expires?\b.{{0,120}}"
    r"\bunless\b.{0,80}\b(?:agree|mutual|in writing|signed)"
)
_ABOUT_SOMEBODYS_WISH = re.compile(
    r"\b(?:that|if|whether|where|should) (?:\w{1,12} ){1,4}(?:shall|will|does|do) not (?:renew|extend|prolong)"
)
_BY_ITSELF = re.compile(
    r"\bauto(?:matically)?[ -]?(?:renew|extend|prolong)|\b(?:renew|extend|prolong)(?:s"
    r"|ed)? (?:itself )?automatically|\bautomatic (?:renewal|extension)"
    r"|\bautomatically (?:be )?(?:renew|extend|prolong)|\bautomatically continues? for\b"
    r"|\brenews (?:each|every|for|at|on)\b|\bevergreen\b|\b(?:deemed|considered) (?:to be )?(?:renewed"
    r"|extended)|\brolls? over\b|\btacit(?:ly)? (?:renew|extend|prolong)"
    r"|\botherwise,? (?:it|the \w{1,12}|this \w{1,12}) (?:is|are|shall be|will be) (?:renewed|extended|prolonged)\b"
    r"|\bcontinues?\b(?:(?!\bfor\b).){0,60}\b(?:until|unless) (?:it is )?(?:terminat|cancel)"
)
_WILL = re.compile(r"\b(?:shall|will) (?:then |thereafter |also )?(?:be )?(?:automatically )?(?:renew|extend|prolong)")
_EVERGREEN = re.compile(
    r"\bevergreen\b|\bcontinues?\b(?:(?!\bfor\b).){0,60}\b(?:until|unless) (?:it is )?(?:terminat|cancel)"
)
_WISH = re.compile(
    r"\b(?:at|upon|by|on) (?:the )?(?:(?:[\w']+|mutual|sole|its|their) ){0,4}(?:options?|elections?|request|discretion)\b"
    r"|\b(?:option|right|entitled) to (?:\w+ )?(?:renew|extend|prolong)|\boptions? of renewal|\bright of renewal"
    r"|\b(?:may|can) (?:\w+ ){0,2}(?:elect|choose|opt) to (?:renew|extend)"
    r"|\bmutual(?:ly)? (?:written )?(?:agree|consent)|\b(?:if|provided|subject to)\b.{0,60}\b(?:agree|consent)"
)
_OF_SOMETHING_ELSE = re.compile(r"\bextend\w{0,3} (?:to|beyond|only to|the time|any right|past|over)\b")
_SPOKEN_OF = re.compile(
    rf"\b{_CONTRACT}\b[^.;]{{0,60}}?\b(?:is|are|shall|will|does) (?:\w+ ){{0,3}}(?:renew|re-new|extend|prolong)\w{{0,4}}\b"
    rf"|\b{_CONTRACT} (?:auto-?)?(?:renews|extends)\b"
)
_TERM = re.compile(
    r"\b(?:successive|additional|further|subsequent|consecutive|renewal|another|each|periods?|terms?|for"
    r"|of|by)\b[ a-z,-]{0,40}$"
)
_FIRST = re.compile(r"\b(?:initial|first|original|primary)\b.{0,40}$")
_EVERY = re.compile(
    r"\b(?:each|every) (?:year|month|anniversary)|\bannually\b|\byearly\b|\bmonth[ -]to[ -]month\b|\bmonthly\b"
)
_NOTICE = re.compile(r"^(?:(?!unless|if ).){0,40}\b(?:prior|before|in advance|notice)\b")
_SUBJECT = re.compile(rf"\b{_CONTRACT}\b")


def read(sentences: list[Sentence]) -> Finding:
    """`{status, renews: bool, termMonths: int | None, evergreen: bool, sentence}`."""
    candidates = [finding for sentence in sentences if (finding := _read_one(sentence))]
    return settled(
        candidates,
        "no sentence says whether the contract renews by itself",
        "answers on renewal",
        lambda finding: finding["renews"],
    )


def _read_one(sentence: Sentence) -> Finding | None:
    """The finding of one sentence. An outright statement either way takes precedence over a conclusion."""
    plain = sentence.plain
    if _NO_RENEWAL.search(plain) or (
        (no := _said_of_contract(_NO, plain)) and not _ABOUT_SOMEBODYS_WISH.search(plain) and no
    ):
        return found(sentence, renews=False, termMonths=None, evergreen=False)
    if yes := _said_of_contract(_BY_ITSELF, plain):
        return _renews(sentence, yes)
    if yes := _said_of_contract(_WILL, plain):
        if _WISH.search(plain):
            return unreadable("it renews only as somebody wishes or agrees, in a way that is not understood", sentence)
        return _renews(sentence, yes)
    if _ENDS_UNLESS_AGREED.search(plain):
        return found(sentence, renews=False, termMonths=None, evergreen=False)
    spoken_of = _SPOKEN_OF.search(plain) and not _OF_SOMETHING_ELSE.search(plain) and not _WISH.search(plain)
    if spoken_of and not _ABOUT_SOMEBODYS_WISH.search(plain):
        return unreadable("it speaks of a renewal in a way that is not understood", sentence)
    return None


def _said_of_contract(pattern: re.Pattern[str], plain: str) -> re.Match[str] | None:
    """The match of a pattern that is about the contract or its term, not about a warranty."""
    for match in pattern.finditer(plain):
        of_something_else = _OF_SOMETHING_ELSE.match(plain, plain.rfind(" ", 0, match.end()) + 1)
        if not of_something_else and _SUBJECT.search(plain):
            return match
    return None


def _renews(sentence: Sentence, where: re.Match[str]) -> Finding:
    evergreen = bool(_EVERGREEN.search(sentence.plain))
    months = None if evergreen else _term_months(sentence.plain, where.start())
    return found(sentence, renews=True, termMonths=months, evergreen=evergreen)


def _term_months(plain: str, verb: int) -> int | None:
    """The length of the renewed term, if the sentence names one that belongs neither to the notice nor to the first
    term; preferably after the verb of the renewal."""
    lengths = [
        period
        for period in periods(plain)
        if period.unit in ("month", "year") and not period.doubt and _is_term(plain, period)
    ]
    for period in sorted(lengths, key=lambda period: (period.start < verb, period.start)):
        return period.amount * (12 if period.unit == "year" else 1)
    if every := _EVERY.search(plain):
        return 1 if "month" in every.group() else 12
    return None


def _is_term(plain: str, period: Period) -> bool:
    """Whether a period is the renewed term's and not the notice's, which often stands in the same sentence."""
    ahead = plain[max(0, period.start - 60) : period.start]
    return (
        bool(_TERM.search(ahead))
        and not _FIRST.search(ahead)
        and "notice" not in ahead[-30:]
        and not _NOTICE.search(plain[period.end : period.end + 50])
    )
