"""The words in which contracts speak of going on, and whether they say it of the contract or of something else."""

import re

RENEW = r"(?:auto-?)?(?:re-?new|extend|prolong)(?:s|ed|ing)?\b"
RENEWAL = r"(?:re-?newals?|extensions?|prolongations?)\b"
MORE = (
    r"(?:additional|successive|subsequent|further|another|consecutive|renewal|like|same|similar"
    r"|extended (?:term|period)s?|new|(?:one|two|a few) more)\b"
)
ENDS = r"(?:terminat|cancel|ended\b|ends? it\b|gives? .{0,30}notice|given .{0,30}notice|notice)"

_PAPER = (
    r"(?:agreements?|contracts?|order forms?|orders?|lease|addendum|subscriptions?|engagements?|licen[cs]es?"
    r"|appointments?"
    r"|relationship|franchise|arrangements?|maintenance|support|services?|memberships?|retainer)"
)
_CONTRACT = (
    rf"\b(?:(?<!notice )(?<!period of )terms?(?! and conditions|s? of use)|(?:initial|such|that|each|contract"
    rf"|agreement|subscription|renewal|service"
    rf"|licen[cs]e|maintenance|support|current|expiring|first|additional) period|{_PAPER}|it|they)\b"
)
_SOMETHING_ELSE = (
    r"\b(?:deadlines?|limits?|(?:delivery|completion|target|due|launch|opening) dates?|warrant(?:y|ies)"
    r"|guarant(?:y|ies|ees?)|obligations?|liabilit(?:y|ies)|indemni\w+"
    r"|insurance|polic(?:y|ies)|rights?|benefits?|provisions?|construction period|deliver(?:y|ies)|schedules?"
    r"|milestones?|exclusivity|patents?|registrations?|certificates?|letters? of credit|credit|loans?"
    r"|invitations?|offers?"
    r"|coverage|permits?|statute|confidentiality|time|(?:notice|cure|review|claim|acceptance|payment|response"
    r"|grace|test\w*) period"
    r"|visas?|domain names?|trademarks?|copyrights?|remed(?:y|ies)|protections?|immunit(?:y|ies)|discounts?"
    r"|prohibitions?|restrictions?"
    r"|covenants?|waivers?|representations?|prices?|pricing|holidays?|(?<=the )period of (?!the (?:agreement"
    r"|contract)|this\b|its\b|one\b|two\b|three\b|five\b|ten\b)[a-z]+)\b"
)
_ANOTHER_PERIOD = (
    r"\b(?!year|month|day|quarter|annual|additional|successive|further|another|consecutive|subsequent|same"
    r"|like|this|the|that"
    r"|such|each|any|one|two|three|five)[a-z]{3,20} period\b"
)
_NOUN = re.compile(rf"(?P<contract>{_CONTRACT})|(?P<other>{_SOMETHING_ELSE}|{_ANOTHER_PERIOD})")
_OBJECT = re.compile(
    rf"^[,)]? ?(?:of |to |for )?(?:(?:the|this|such|any|said|its|their|that|these|an?|each|or|replace|extend"
    rf"|renew|foregoing|duration|length"
    rf"|period|initial|then-?|current|existing|automatically"
    rf"|of) ?){{0,7}}(?:[\w-]{{1,20}} )?(?:(?P<contract>{_CONTRACT})|(?P<other>{_SOMETHING_ELSE}))"
)
_THE_PAPER = re.compile(r"(?:agreement|contract|terms?|subscription|order|addendum|lease|engagement|arrangement|it)\b")
_ASIDE = re.compile(r"\([^()]{0,200}\)|\"")


def without_asides(plain: str) -> str:
    """The sentence without its parentheses and quotation marks, each replaced by as many spaces as it has characters."""
    return _ASIDE.sub(lambda aside: " " * len(aside.group()), plain)


def is_of_the_contract(plain: str, start: int, end: int, if_unsaid: bool = True) -> bool:
    """Whether a word of going on is said of the contract or its term: by its object, else by the noun before it; and
    `if_unsaid` where there is neither."""
    if (behind := _OBJECT.match(plain[end : end + 110])) and (behind["contract"] or behind["other"]):
        return behind["other"] is None
    nouns = list(_NOUN.finditer(plain, max(0, start - 180), start))
    return nouns[-1]["other"] is None if nouns else if_unsaid


def is_said_of_the_paper(plain: str, start: int) -> bool:
    """Whether the last noun before a verb is the contract as a whole, and not a licence or a service under it."""
    nouns = list(_NOUN.finditer(plain, max(0, start - 180), start))
    return bool(nouns) and bool(_THE_PAPER.match(nouns[-1].group()))
