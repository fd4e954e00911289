"""The exceptions from a limit of liability: for what is excepted, the liability has no limit."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle

_EXCEPTED = (
    r"(?:indemnif\w*|indemnit\w*|confidential\w*|non-?disclosure|gross(?:ly)? negligen\w*|wil+ful|intentional"
    r"|fraud\w*|death"
    r"|(?:personal|bodily) injur(?:y|ies)|infring\w*|intellectual property|misappropriat\w*|(?:payment|license"
    r"|licence) obligations?"
    r"|third[ -]party claims?)"
)
_OF_A_SECTION = (
    r"(?:claims?|liabilit\w+|damages|amounts|obligations?)\b.{0,40}?\b(?:section|article|clause|paragraph)s? [\d\[*]"
)
_EXCEPT = (
    r"(?:(?:except|save)(?! as (?:\w+ )?(?:set|provided|stated|required|permitted))|other than|excluding"
    r"|with the exception of|unless|provided,? (?:however,? )?that)"
)
_PARTLY_EXCEPTED = re.compile(
    rf"\b{_EXCEPT}\b.{{0,180}}?\b(?:{_EXCEPTED}|{_OF_A_SECTION})"
    rf"|\b{_EXCEPT}\b.{{0,60}}?\b(?:breach(?:es)?|failure to pay)\b"
    r"|\b(?:except|save) (?:\w+ ){0,4}?(?:in|under|by|to) (?:section|article|clause|paragraph)s? [\d\[*(]"
    r"|\bsubject to (?:section|clause|article|paragraph)s? [\d\[*(]"
)
_LIABLE = (
    r"(?:liab(?:le|ility|ilities)|responsible for|entitled to recover"
    r"|(?:consequential|indirect|punitive|incidental|special|exemplary) (?:\w+,? ){0,6}damages)"
)
_LIMITED = re.compile(  # "in no event shall ... be liable", "liability ... shall not exceed"
    rf"\b(?:no event|under no circumstances|neither|no party|not|nor)\b.{{0,200}}?\b{_LIABLE}\b"
    r"|\bliabilit(?:y|ies)\b.{0,200}?\b(?:limited to|exceed|capped|in excess of|greater than)"
    r"|\b(?:exclude|limit|waive|disclaim)s?\b.{0,60}?\bliability\b"
)
_LOSS_OR_SUM = re.compile(
    r"\b(?:consequential|indirect|punitive|incidental|exemplary|special)\b.{0,80}\b(?:damage|loss)"
    r"|\bloss(?:es)? of (?:\w+ ){0,3}(?:profit|revenue|business|data)|\b(?:lost|loss of) (?:\w+ )?(?:profit|revenue)"
    r"|\b(?:aggregate|total|maximum|entire|cumulative|overall|liab\w+)\b.{0,160}\b(?:exceed|limited to"
    r"|in excess of|greater than|amount)"
)
_DOES_NOT_APPLY = re.compile(
    r"\b(?:limit(?:s|ation|ations)?|exclusions?|disclaimers?|waivers?|caps?|foregoing|sections?|clauses?"
    r"|paragraphs?|articles?"
    r"|provisions?)\b.{0,160}?\b(?:shall|will|does|do|is|are|may)(?: \w+)? (?:not|neither"
    r"|in no way) (?:be )?(?:\(?\w\)? )?"
    rf"(?:apply|applicable|limit|exclude|affect|restrict)\w*\b.{{0,300}}?\b{_EXCEPTED}"
    r"|\blimit(?:s|ations?)?\b[^.;]{0,120}?\b(?:shall|will|does|do) not (?:be )?(?:apply|limit|exclude"
    r"|affect)\b[^.;]{0,60}:$"
    rf"|\b{_EXCEPTED}\b.{{0,200}}?\b(?:excluded from|not (?:be )?(?:subject to"
    rf"|limited by))\b.{{0,60}}?\blimit(?:s|ation|ations)?\b"
)
_NOTHING_LIMITS = re.compile(
    rf"\b(?:nothing|no provision|neither party)\b.{{0,120}}?\b(?:limits?|excludes?"
    rf"|restricts?)\b.{{0,100}}?\bliab.{{0,200}}?\b(?:{_EXCEPTED}|breach(?:es)?|{_OF_A_SECTION})"
)
_OF_LIABILITY = re.compile(r"\bliab|\bdamages\b|\bindemn|\blimit(?:s|ations?)\b")
_SOMETHING_ELSE = re.compile(
    r"\bself-insur|\bpolic(?:y|ies) of insurance|\bunlimited liability company|\bstatutes? of limitation"
    r"|\blitigation\b|\binjuncti"
    r"|\baudit|\barbitrat"
)


def _is_in(plain: str) -> bool:
    if not _OF_LIABILITY.search(plain) or _SOMETHING_ELSE.search(plain):
        return False
    if _NOTHING_LIMITS.search(plain) or _DOES_NOT_APPLY.search(plain):
        return True
    return bool(_LIMITED.search(plain) and _LOSS_OR_SUM.search(plain) and _PARTLY_EXCEPTED.search(plain))


LIABILITY_EXCEPTIONS = Obstacle(
    "uncapped_exceptions",
    "Exceptions from the liability cap",
    "medium",
    "For what is excepted the liability has no limit. That is usual; legal looks at the list before another term is signed.",
    _is_in,
)
