"""Whether the contract renews by itself, and for how long."""

import re

from services.workflows.analysis.clauses.finding import Finding, found, settled
from services.workflows.analysis.clauses.quantities import Period, periods
from services.workflows.analysis.clauses.text import Sentence

_NO = re.compile(
    r"\b(?:shall|will|does|do|is|are|may) not (?:be )?(?:automatically |tacitly )?(?:auto-?)?(?:renew|extend|prolong)"
    r"|\b(?:no|without|not subject to) (?:any )?(?:auto(?:matic)?|tacit|implied)[ -](?:renewal|extension)"
    r"|\b(?:may|can|shall|will) (?:only )?be (?:renewed|extended) (?:only )?(?:by|upon|on|with|through"
    r"|if) (?:the )?(?:\w{1,10} ){0,3}(?:agreement|consent|signature|order|amendment|approval|instrument)"
    r"|\brenewal (?:requires|is subject to|shall require)\b"
    r"|\bexpires?\b.{0,120}\bunless\b.{0,80}\b(?:agree|mutual|in writing|signed)"
)
_ABOUT_SOMEBODYS_WISH = re.compile(
    r"\b(?:that|if|whether|where|should) (?:\w{1,12} ){1,4}(?:shall|will|does|do) not (?:renew|extend|prolong)"
)
_YES = re.compile(
    r"\bauto(?:matically)?[ -]?(?:renew|extend|prolong)|\b(?:renew|extend|prolong)(?:s"
    r"|ed)? (?:itself )?automatically|\bautomatic (?:renewal|extension)"
    r"|\b(?:shall|will) (?:then |thereafter |also )?(?:be )?(?:automatically )?(?:renew|extend|prolong)"
    r"|\brenews (?:each|every|for|at|on)\b|\bevergreen\b|\b(?:deemed|considered) (?:to be )?(?:renewed"
    r"|extended)|\brolls? over\b|\btacit(?:ly)? (?:renew|extend|prolong)"
    r"|\bcontinues?\b.{0,60}\b(?:until|unless) (?:it is )?(?:terminat|cancel)"
)
_EVERGREEN = re.compile(r"\bevergreen\b|\bcontinues?\b.{0,60}\b(?:until|unless) (?:it is )?(?:terminat|cancel)")
_TERM = re.compile(
    r"\b(?:successive|additional|further|subsequent|consecutive|renewal|another|each|periods?|terms?|for"
    r"|of)\b[ a-z,-]{0,40}$"
)
_EVERY = re.compile(r"\b(?:each|every) (?:year|month)|\bannually\b|\byearly\b|\bmonth[ -]to[ -]month\b|\bmonthly\b")
_NOTICE = re.compile(r"^(?:(?!unless|if ).){0,40}\b(?:prior|before|in advance|notice)\b")


def read(sentences: list[Sentence]) -> Finding:
    """`{status, renews: bool, termMonths: int | None, evergreen: bool, sentence}`."""
    candidates = [one for sentence in sentences if (one := _read_one(sentence))]
    return settled(
        candidates,
        "no sentence says whether the contract renews by itself",
        "answers on renewal",
        lambda one: one["renews"],
    )


def _read_one(sentence: Sentence) -> Finding | None:
    plain = sentence.plain
    if _NO.search(plain) and not _ABOUT_SOMEBODYS_WISH.search(plain):
        return found(sentence, renews=False, termMonths=None, evergreen=False)
    if _YES.search(plain) and re.search(
        r"\b(?:terms?|agreements?|contracts?|subscriptions?|orders?|services?|licen[cs]es?|order form|it)\b", plain
    ):
        evergreen = bool(_EVERGREEN.search(plain))
        return found(sentence, renews=True, termMonths=None if evergreen else _term_months(plain), evergreen=evergreen)
    return None


def _term_months(plain: str) -> int | None:
    """The length of the renewed term, where the sentence names one that is not the notice's."""
    for one in periods(plain):
        if one.unit in ("month", "year") and not one.doubt and _is_term(plain, one):
            return one.amount * (12 if one.unit == "year" else 1)
    if every := _EVERY.search(plain):
        return 1 if "month" in every.group() else 12
    return None


def _is_term(plain: str, one: Period) -> bool:
    """Whether a period is the renewed term's, and not the notice's, which often stands in the same sentence."""
    ahead = plain[max(0, one.start - 60) : one.start]
    return (
        bool(_TERM.search(ahead)) and "notice" not in ahead[-30:] and not _NOTICE.search(plain[one.end : one.end + 50])
    )
