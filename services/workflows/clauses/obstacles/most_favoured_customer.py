"""The clause that gives the customer every better price or term that somebody else gets."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle

_BY_NAME = re.compile(
    r"\bmost[ -]favou?red|\bmfn\b|\bmost favou?rable (?:\w+ ){0,3}?(?:price|pricing|rate|fee|term|treatment|customer|discount)"
    r"|\bbest pric(?:e|ing) (?:guarantee|offered)|\blowest (?:price|rate|fee)s?\b.{0,80}\b(?:any other|other|anyone|charged|offered)"
)
_COMPARED = (
    r"(?:(?:no|not|never|nor)(?: \w+){0,3}? (?:less|more) favou?rable|(?:at least|equally) as favou?rable|as favou?rable as|more favou?rable"
    r"|(?:no|not|never|nor)(?: \w+){0,3}? (?:higher|greater|worse|less advantageous) than|more advantageous|better|lower)"
)
_TERMS = r"(?:pric(?:e|es|ing)|fees?|rates?|charges?|discounts?|royalt(?:y|ies)|terms|conditions|treat\w*|basis|services? levels?)"
_OTHERS = (
    r"(?:(?:any|an|all|its|most|every|to|by|for|with) (?:\w+ ){0,2}?other|others\b|another|third part|similarly[ -]situated"
    r"|(?:any|its) (?:\w+ ){0,3}?(?:customers?|clients?|licensees?|distributors?|resellers?|purchasers?|users)|other (?:customers?|clients?|licensees?"
    r"|distributors?|resellers?|purchasers?|buyers?|users?|compan|person|entit|part(?:y|ies)))"
)
_BETTER_FOR_OTHERS = re.compile(
    rf"\b{_TERMS}\b.{{0,120}}\b{_COMPARED}\b.{{0,160}}\b{_OTHERS}"
    rf"|\b{_COMPARED}\b.{{0,120}}\b{_TERMS}\b.{{0,120}}\b{_OTHERS}"
    rf"|\b{_OTHERS}\b.{{0,160}}\b{_TERMS}\b.{{0,80}}\b{_COMPARED}"
)
_AS_GOOD = re.compile(
    r"\b(?:no|not|never|nor)\b(?: \w+){0,3} (?:less|more) favou?rable|\bas favou?rable|\b(?:no|not)\b.{0,30}\b(?:higher|greater) than"
)
_GIVES_IT = re.compile(
    r"\b(?:shall|will|must|agrees? to|guarantees?|warrants?|undertakes?|ensures?|entitled to|represents?)\b"
    r"[^.;]{0,140}\b(?:offer|extend|provide|give|grant|make available|amend|reduce|adjust|lower|enjoy|receive|pass|be|treat|charge|match|notify)"
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:assign\w*|successor|merger|insurance|insurer|law|statut|arbitrat|court|confidential\w*|employee|stockholder|shareholder|securit(?:y|ies)|indemnif\w*)\b"
)
_NOTHING = re.compile(r"\b(?:nothing|no provision|not be (?:deemed|construed)|no right to|does not grant)\b")


def _is_in(plain: str) -> bool:
    if _NOTHING.search(plain):
        return False
    if _BY_NAME.search(plain):
        return True
    if not _BETTER_FOR_OTHERS.search(plain) or _OF_SOMETHING_ELSE.search(plain):
        return False
    return bool(_AS_GOOD.search(plain) or _GIVES_IT.search(plain))


MOST_FAVOURED_CUSTOMER = Obstacle(
    "most_favoured_customer",
    "Most-favoured-customer pricing",
    "critical",
    "A better price given to anybody else must be given here too, so the target cannot be set alone.",
    _is_in,
)
