"""The clause that binds somebody to deal with nobody else."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, names

_ROLE = (
    r"(?:agents?|distributors?|resellers?|dealers?|suppliers?|providers?|partners?|vendors?|representatives?|licensees?"
    r"|manufacturers?|sources?|sponsors?|consultants?|contractors?|franchisees?|carriers?|marketers?|retailers?"
    r"|sellers?"
    r"|operators?|publishers?|hosts?|distributorships?|dealerships?)"
)
_NOT_EXCLUSIVE = re.compile(
    r"\bnon\W{0,3}exclusiv\w+|\bexclusive of\b|\b(?:clause|section|article) [\d.]+ \(exclusivity\)"
)
_DENIED = re.compile(
    r"\b(?:not|no|nothing|never)\b(?: [\w,]+){0,4} exclusiv|\b(?:reserves?"
    r"|retains?) (?:the )?(?:\w+ )?rights? to (?:grant|appoint)"
)
_OWNED = re.compile(  # exclusive ownership, jurisdiction, remedy, responsibility: no dealing
    r"\b(?:owns?|owned|owners?|retains?|reserves?|vests?|belongs?|remains?)\b[^.;]{0,60}?\bexclusive(?:ly)?\b"
    r"|\b(?:sole(?:ly)?(?: and|,)? )?exclusive(?:ly)?,? (?:\w+,? ){0,3}?(?:jurisdiction|venue|forum|remed\w+|recourse"
    r"|liability|obligation|propert\w+|owner\w*|title|interest|responsib\w+|control|discretion|benefit|authority"
    r"|means|domain"
    r"|warrant\w+|possession|judge|negotiat\w+)"
    r"|\bexclusive(?:ly)? (?:\w+ ){0,3}?rights? (?:and \w+ )?to (?:\w+ ){0,2}?(?:control|defend|settle|prosecute"
    r"|determine|enforce"
    r"|terminate|decide|approve|select|own|file|apply|obtain|register|seek)"
)
_GRANTED = re.compile(  # "grants an exclusive licence", "appoints X as its exclusive distributor"
    r"\b(?:grants?|granted|licen[cs]es|gives?|appoints?|has"
    r"|have)\b[^.;]{0,100}?\bexclusive\b[^.;]{0,200}?\b(?:licen[cs]es?|rights?)\b"
    r"|\bexclusive\b[^.;]{0,60}?\b(?:licen[cs]es?|rights? (?:and licen[cs]e )?(?:to|of|for|in|under|via|within"
    r"|throughout)"
    rf"|rights\b|basis|territor(?:y|ies)|{_ROLE}|appointment|relationship|arrangement|dealing|entitlement"
    r"|sponsorship|franchise"
    r"|distribution|agency|suppl(?:y|ier)|use of|access to|marketing)\b"
    r"|\bexclusively (?:\w+ )?(?:licen[cs]ed?|appoint(?:s|ed)|authori[sz]ed?|engage[sd]?|entitled|grant(?:s|ed))\b"
    r"|\b(?:appoint|grant|engage|licen[cs]e|retain)(?:s|ed)?\b[^.;]{0,100}?\bexclusively\b"
    r"|\bsole (?:and \w+ )?(?:rights?|licen[cs]e) (?:and licen[cs]e )?to (?:sell|distribut|market|manufactur"
    r"|promot|use|suppl|provid|offer|commerciali|publish)"
)
_ONLY_ONE = re.compile(
    rf"\b(?:the|its|their|as) (?:sole|only|sole and exclusive) (?:authori[sz]ed )?(?:{_ROLE}|\w+ (?:distributor"
    r"|reseller|supplier|provider|agent))\b"
)
_BY_NAME = re.compile(
    r"\bexclusivity\b(?! (?:of|agreement|shall not|does not))|\b(?:shall|will) be exclusive\b|\bis exclusive\b"
    r"|\bare exclusive (?:to|within|in)\b|\bon an exclusive basis"
)
_DEALS_ONLY_WITH = re.compile(
    r"\b(?:purchase|buy|sell|suppl(?:y|ied)|obtain|order|procure|source|provided?|market|distribute|promote"
    r"|endorse|deal|work"
    r"|manufactur\w+|carried out|license|offer\w*)\b[^.;]{0,50}?\bexclusively (?:from|through|to|with|by|for|via)\b"
    r"|\bexclusively (?:purchase|buy|sell|supply|obtain|source|endorse|market|distribute|promote|offer|deal|manufactur)"
    r"|\b(?:work|deal|cooperate|partner|contract)s? (?:only|solely|exclusively) with\b"
    r"|\b(?:purchase|buy|obtain|order|procure|source)s?\b[^.;]{0,50}?\b(?:only|solely) (?:from|through)\b"
    r"|\b(?:purchase|buy|obtain|order) (?:from \w+ )?(?:all|100 ?%)(?: of)? (?:its|their"
    r"|the) (?:\w+ ){0,4}?(?:requirements?|needs)"
)
_MUST_NOT = (
    r"(?:(?:shall|will|may|must|agrees?|undertakes?|covenants?)(?: that it)?(?: shall| will)? not(?: to)?"
    r"|neither [^.;]{1,60}? (?:shall|will|may)|refrain from)"
)
_DEALS = (
    r"(?:enter(?:ing)? into|appoint|engage|grant|sell|supply|distribute|market|promote|purchase|offer|license"
    r"|authorize|endorse"
    r"|represent|develop|establish|conduct|contract|deal|manufacture|advertise|carry|sponsor|participate)"
)
_WITH_OTHERS = (
    r"(?:(?:any|with|to|from|by|for) (?:\w+ ){0,2}?(?:other|another|additional)|another|additional|third part"
    r"|same|similar"
    r"|compet\w+|anyone else)"
)
_OTHERS = (
    rf"(?:{_ROLE}|compan|person|party|parties|entit\w+|firm|products?|services?|business\w*|promotions?"
    r"|arrangement|agreement"
    r"|relationship|goods|brand|sponsorships?|project|site)"
)
_NO_DEALS_WITH_OTHERS = re.compile(
    rf"\b{_MUST_NOT}\b[^.;]{{0,60}}?\b{_DEALS}\b[^.;]{{0,140}}?"
    rf"\b(?:{_WITH_OTHERS}\b[^.;]{{0,60}}?\b{_OTHERS}|any(?:one|body) else|compet(?:es?|ing|itive) with)\b"
)
_TRADE = re.compile(
    r"\b(?:product|service|good|territor|market|business|similar|compet|distribut|promot|brand|customer|content|title)"
)
_ANOTHER_DUTY = re.compile(  # secrecy, assignment, hiring, use of marks
    r"\b(?:confidential|disclos|assign|sublicen|employ(?:ee|ment)|hire|solicit|trade ?mark|logo|reverse engineer"
    r"|sub-?contract"
    r"|delegat|source code|personal (?:data|information)|benefit of|purposes? other)"
)
_RECITAL = re.compile(r"^\W*(?:recitals?\W+)?(?:\w{1,3}[.)] )?whereas\b")


def _is_in(plain: str) -> bool:
    if _RECITAL.search(plain):
        return False
    if names(plain, "exclusiv", " sole", " only ", "requirements", "needs"):
        dealing = _OWNED.sub(" ", _NOT_EXCLUSIVE.sub(" ", plain))
        named = _GRANTED.search(dealing) or _ONLY_ONE.search(dealing) or _BY_NAME.search(dealing)
        if (named or _DEALS_ONLY_WITH.search(dealing)) and not _DENIED.search(plain):
            return True
    if not names(plain, " not ", "neither ", "refrain ") or _ANOTHER_DUTY.search(plain):
        return False
    return bool(_NO_DEALS_WITH_OTHERS.search(plain) and _TRADE.search(plain))


EXCLUSIVITY = Obstacle(
    "exclusivity",
    "Exclusivity",
    "medium",
    "One side may not deal with others. What it is worth, and whether it goes on, belongs to the price of the next term.",
    _is_in,
)
