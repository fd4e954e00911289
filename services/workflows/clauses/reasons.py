"""Recognises whether a right to end the contract needs a reason: a cause, none, any, or only a notice."""

import re

from services.workflows.clauses import conditions, ending

NO_CAUSE = re.compile(
    r"\bfor (?:its |their |your |his |any )?(?:own )?convenience|\bwithout (?:any )?cause|\bfor non-?cause"
    r"|\bcause or no cause"
    r"|\bfor (?:any or no|no or any|no) reason|\bwith or without (?:any )?(?:cause|reason)|\bat will\b"
    r"|\bwithout (?:giving |stating |assigning |specifying |showing )?(?:any |a )?(?:reason|good cause)s?"
)
ANY_REASON = re.compile(
    r"\bfor any (?:reason|cause)\b(?! (?:set|specified|provided|listed|described|permitted|stated|other than|except))"
    r"|\b(?:at|in) (?:(?:its|their|his|your|sole|own|absolute|unfettered|full|and|complete|the|exclusive) ?){1,6}"
    r"(?:discretion|option|election)\b"
    r"|\bat the (?:sole )?(?:discretion|option|election|will) of (?:either|any|each)\b|\bunilaterally\b"
)
_PERIOD_OF_NOTICE = re.compile(
    r"\b(?:day|week|month|year)s?\b\W{0,3}(?:\w+\W{1,3}){0,5}?notice\b"
    r"|\bnotice\b[^.;]{0,80}?\b(?:day|week|month|year)s?\b"
    r"|\b(?:day|week|month)s?'? (?:in advance|ahead|beforehand)\b"
)
_BY_A_NOTICE = re.compile(
    r"\b(?:giving|sending|serving|delivering|by) (?:a |an |the other (?:party )?)?(?:(?:prior|written"
    r"|advance),? ){0,3}notice"
)
_AT_ANY_TIME = re.compile(r"\bat any time\b|\bat all times\b")
_CAUSE = re.compile(
    r"(?<!without )(?<!without any )(?<!without good )(?<!no )(?<!without a )\bcause\b(?! or)"
    r"|\b(?:material(?:ly)? )?breach(?:es|ed)?\b|\b(?:good|important|compelling|serious|just) reason|\binsolven"
    r"|\bbankrupt"
    r"|\bfail(?:s|ed|ures?)\b|\bdefault|\bviolat|\bunable to\b|\bforce majeure\b|\bchange (?:of|in)\b|\bunpaid\b"
    r"|\bnon-?payment"
    r"|\bpast due|\boverdue|\bdissatisf|\bnot satisfied|\bhas (?:not )?been\b"
)
_EVENT = re.compile(
    r"\bin the event\b|\bin case\b|\b(?:because|by reason|as a result|due to|when|where|should|once|whenever)\b"
    r"|\bupon the occurrence of (?!any of the following|the following|one)|\bfor (?:any |the )following"
    r"|\bfor (?:any|one)(?: or more)? of the following"
    r"|\bif\b(?! (?:it|he|they|the \w+|\w+) (?:\w+ )?(?:pays?|paid|compensat|reimburs))(?! it (?:gives|so)| so )"
)
_AGREED = re.compile(r"\bmutual|\bby (?:written )?agreement|\bagreement in writing")
_BY_A_RULE_ELSEWHERE = re.compile(
    r"\b(?:terminated?|cancel\w*)\b[^.;]{0,60}?\b(?:pursuant to|in accordance with|under|as (?:set forth"
    r"|provided|specified) in) "
    r"(?:section|article|clause|paragraph|the (?:provisions|foregoing|preceding|terms))"
)
_WITH_THE_TERM = re.compile(  # not to renew, which is no right to leave before
    r"\b(?:to|at|before|prior to|by|of|from) (?:the )?(?:end of (?!the (?:first|second|third|fourth))"
    r"|expir\w{1,6}|anniversary|renewal|last day|close)\b"
    r"|\brenewal of\b|\bnot (?:to |be )?renew|\brenew\w*\b[^.;]{0,160}?\bunless\b"
    r"|\b(?:prolong|renew|extend|continue) or (?:to )?(?:terminate|cancel)"
    r"|\b(?:terminate|cancel) or (?:to )?(?:prolong|renew|extend|continue)"
)


def by_notice_alone(text: str) -> bool:
    """Whether the text asks for a notice of some length, or for none at any time."""
    return bool(_PERIOD_OF_NOTICE.search(text) or _BY_A_NOTICE.search(text) or _AT_ANY_TIME.search(text))


def names_none(text: str) -> bool:
    """Whether the right is not one for a cause, by a rule elsewhere, or of letting the contract end with its term."""
    right = conditions.before_limit(text)
    if _CAUSE.search(right) or _EVENT.search(right) or _AGREED.search(right):
        return False
    if _BY_A_RULE_ELSEWHERE.search(right) and not ANY_REASON.search(text):
        return False
    open_ended = _AT_ANY_TIME.search(text) or conditions.calendar_end(text)
    return bool(open_ended) or not _WITH_THE_TERM.search(text)


def is_instead_of_none(text: str) -> bool:
    """Whether "without cause" is only what the right is set against: "for a reason other than convenience"."""
    return bool(re.search(rf"\b(?:other than|in lieu of|instead of)\b.{{0,30}}(?:{NO_CAUSE.pattern})", text))


def is_spoken_of(text: str) -> bool:
    """Whether a whole sentence speaks of an ending without a cause, though not as of one that has happened."""
    if ending.tells_what_follows(text) or not re.search(
        r"\b(?:shall|may|will|is|are|can|has|have|does|do|must|be)\b", text
    ):
        return False
    return bool(re.search(rf"{ending.ENDS}[^.;]{{0,40}}(?:{NO_CAUSE.pattern})", text))
