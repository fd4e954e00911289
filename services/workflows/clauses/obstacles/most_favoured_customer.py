"""The clauses that give one customer every better price, or every better term, that somebody else gets."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, names

_BY_NAME = re.compile(
    r"\bmost[ -]favou?red|\bmfn\b|\bbest (?:price|pricing|rate|fee|discount)s?\b(?: guarantee|.{0,60}\b(?:other"
    r"|offered|given|anyone))"
    r"|\bmost favou?rable (?:\w+ ){0,3}?(?:price|pricing|rate|fee|customer|discount)"
    r"|\blowest (?:price|rate|fee|charge)s?\b.{0,80}\b(?:other|any(?:one|body)?|charged|offered)\b"
)
_PRICE = r"(?:pric(?:e|es|ing)|fees?|rates?|charges?|charged|discounts?|royalt(?:y|ies)|cost)"
_TERM = r"(?:terms|conditions|treat\w*|basis|provisions|services? levels?|agreements?)"
_COMPARED = (
    r"(?:(?:no|not|never|nor)(?: \w+){0,3}? (?:less|more) favou?rabl[ey]|(?:at least |equally )?as favou?rabl[ey]"
    r"|(?:no|not|never|nor)(?: \w+){0,3}? (?:higher|greater|more|worse|less advantageous) (?:\w+ ){0,2}?than"
    r"|more favou?rabl[ey]"
    r"|more advantageous|as (?:low|good|high) as|equal to or (?:better|lower|more)|better|lower|preferred|preferential)"
)
_OTHERS = (
    r"(?:(?:any|an|all|its|most|every|to|by|for|with) (?:\w+ ){0,2}?other|others\b|another|third part"
    r"|similarly[ -]situated"
    r"|competitor|other (?:\w+ )?(?:customers?|clients?|licensees?|distributors?|resellers?|purchasers?|buyers?"
    r"|users?|compan|person|entit"
    r"|part(?:y|ies))|(?:any|its) (?:\w+ ){0,3}?(?:customers?|clients?|licensees?|distributors?|resellers?"
    r"|purchasers?|users))"
)


def _compares(what: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b{what}\b.{{0,120}}\b{_COMPARED}\b.{{0,160}}\b{_OTHERS}"
        rf"|\b{_COMPARED}\b.{{0,120}}\b{what}\b.{{0,120}}\b{_OTHERS}"
        rf"|\b{_OTHERS}\b.{{0,160}}\b{what}\b.{{0,80}}\b{_COMPARED}"
    )


_PRICES_COMPARED = _compares(_PRICE)
_TERMS_COMPARED = re.compile(
    _compares(_TERM).pattern
    + r"|\btreat\w*\b.{0,60}\b(?:at least as|no less) favou?rabl[ey]\b.{0,200}\bas\b|\bmost favou?rable (?:\w+ ){0,3}?(?:term|treatment)"
)
_COMPARING = (
    "favor",
    "favour",
    "mfn",
    "best pric",
    "lower",
    "lowest",
    "higher",
    "greater",
    "advantageous",
    "better",
    "prefer",
    "best ",
    "as low as",
    "as good as",
    "more than",
)
_AS_GOOD = re.compile(
    r"\b(?:no|not|never|nor)\b(?: \w+){0,3} (?:less|more) favou?rabl|\bas favou?rabl|\bmost favou?rabl"
    r"|\b(?:no|not|nor)\b.{0,30}\b(?:higher|greater|more) (?:\w+ ){0,2}?than|\b(?:no|not|nor|never"
    r"|neither)\b.{0,80}\b(?:preferred|better|lower|more favou?rabl\w+|more advantageous)\b"
    r"|\bas (?:low|good) as\b|\bequal to or (?:better|lower|more)"
)
_FOLLOWS = re.compile(  # "if it offers better terms to others, it shall offer them here"
    r"\b(?:if|in the event|in case|should|whenever|to the extent)\b.{0,400}\b(?:shall|will|must"
    r"|agrees? to)\b[^.;]{0,140}?"
    r"\b(?:offer|extend|provide|give|grant|make available|amend|reduce|adjust|lower|enjoy|receive|pass|match|notify)"
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:assign\w*|successor|merger|insurance|insurer|laws?|statut\w*|regulations?|arbitrat\w*|courts?"
    r"|confidential\w*|employees?"
    r"|stockholders?|shareholders?|securit(?:y|ies)|indemnif\w*|better efforts|lower of)\b"
)
_NOTHING = re.compile(r"\b(?:nothing|no provision|not be (?:deemed|construed)|no right to|does not grant)\b")


def _binds(plain: str) -> bool:
    """Whether what is compared must be given here, too."""
    return not _OF_SOMETHING_ELSE.search(plain) and bool(_AS_GOOD.search(plain) or _FOLLOWS.search(plain))


def _is_of_prices(plain: str) -> bool:
    if not names(plain, *_COMPARING) or _NOTHING.search(plain):
        return False
    return bool(_BY_NAME.search(plain) or (_PRICES_COMPARED.search(plain) and _binds(plain)))


def _is_of_terms(plain: str) -> bool:
    if not names(plain, *_COMPARING) or _NOTHING.search(plain) or _is_of_prices(plain):
        return False
    return bool(_TERMS_COMPARED.search(plain) and _binds(plain))


MOST_FAVOURED_CUSTOMER = Obstacle(
    "most_favoured_customer",
    "Most-favoured-customer pricing",
    "critical",
    "A better price given to anybody else must be given here too, so the target cannot be set alone.",
    _is_of_prices,
)
MOST_FAVOURED_TERMS = Obstacle(
    "most_favoured_terms",
    "Terms as good as anybody else's",
    "high",
    "Better terms given to anybody else must be given here too.",
    _is_of_terms,
)
