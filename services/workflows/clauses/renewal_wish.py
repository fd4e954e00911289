"""Reads whether a sentence lets the contract go on only as somebody wishes or agrees, and whose wish it takes."""

import re

from services.workflows.clauses.renewal_words import RENEW, RENEWAL, is_of_the_contract

_GOING_ON = rf"(?P<renew>{RENEW}|{RENEWAL}|renewable\b)"
_AGREED = (
    r"(?:agree(?:s|d)?\b|(?<!this )(?<!the )(?<!such )(?<!that )agreement\b|consents?\b|approv\w{1,4}\b"
    r"|sign(?:s|ed|ing)\b|signature|amendments?\b|in writing\b|instrument\b|negotiat\w+|order form\b"
    r"|purchase order\b)"
)
_OPTIONS = (
    re.compile(
        rf"\b(?:options?|rights?|opportunity|privilege|entitled|elections?|elects?|wish(?:es)?|desires?"
        rf"|chooses?)\b(?P<between>[^.;]{{0,60}}?)\b{_GOING_ON}"
    ),
    re.compile(rf"\b{_GOING_ON}(?: term)? (?:options?|rights?)\b"),
    re.compile(rf"\b(?:may|can)\b(?P<between>[^.;]{{0,140}}?)\b{_GOING_ON}"),
    re.compile(r"\b(?P<renew>renewable)\b"),
    re.compile(
        rf"\b(?:at|upon|by|on|in)\b(?: [\w'.]+){{0,5}}? (?:options?|elections?|request"
        rf"|discretion)\b(?P<between>[^.;]{{0,120}}?)\b{_GOING_ON}"
    ),
    re.compile(
        rf"\b{_GOING_ON}[^.;]{{0,60}}?\b(?:at|upon|by|on|in)\b(?: [\w'.]+){{0,5}}? (?:options?|elections?|request"
        rf"|discretion)\b"
    ),
    re.compile(
        rf"\b{_GOING_ON}[^.;]{{0,80}}?\b(?:if|provided|only)\b[^.;]{{0,60}}?\b(?:requests?|elects?|exercis\w+"
        rf"|notif\w+|gives?)\b"
    ),
)
_AGREEMENTS = (
    re.compile(rf"\bmutual(?:ly)?\b(?P<between>[^.;]{{0,100}}?)\b{_GOING_ON}"),
    re.compile(rf"\b{_GOING_ON}[^.;]{{0,160}}?\bmutual(?:ly)?\b"),
    re.compile(
        rf"\b{_GOING_ON}(?P<between>[^.;]{{0,140}}?)\b(?:by|upon|with|if|when|where|once|subject to"
        rf"|provided(?: that)?|on|through|only|in"
        rf"|as (?=(?:may be )?(?:mutually )?agreed))\b[^.;]{{0,60}}?\b{_AGREED}"
    ),
    re.compile(rf"\b(?:upon|by|with|subject to|if)\b[^.;]{{0,60}}?\b{_AGREED}(?P<between>[^.;]{{0,80}}?)\b{_GOING_ON}"),
    re.compile(
        rf"\bparties\b[^.;]{{0,30}}?\b(?:agree|negotiate|discuss|decide)\b(?P<between>[^.;]{{0,80}}?)\b{_GOING_ON}"
    ),
    re.compile(
        rf"\b(?P<renew>{RENEWAL})[^.;]{{0,60}}?\b(?:requires?|(?:is|are|shall be|will be) subject to|depends? on"
        rf"|must|shall be (?:made|agreed|in))\b"
    ),
)
_AGAINST_IT = re.compile(
    r"\bnot\b|\bnon\b|\bterminat|\bcancel|\bprevent|\bdeclin|\brefus|\boppos|\bagainst\b|\bunless\b"
    r"|\bnotice of\b|\bneither\b|\bauto"
)
_BEFORE_IT = re.compile(
    r"\b(?:not(?: to)?|non|no|prior to|before|upon|after|during|end of)[ -](?:any |such |the |be |so )?$"
)
_CUSTOMER = r"\b(?:customer|client|licensee|subscriber|buyer|purchaser|distributor|reseller|lessee|you)\b"
_PROVIDER = r"\b(?:provider|vendor|supplier|licensor|seller|company|contractor|consultant|lessor|we)\b"
_WHO = re.compile(
    rf"(?P<either>\b(?:either|each|any|a) party\b|\bthe parties\b)|(?P<customer>{_CUSTOMER})"
    rf"|(?P<provider>{_PROVIDER})"
)


def whose_wish(plain: str) -> str | None:
    """`customer`, `provider` or `either` for an option, `agreement` where both have to agree, `unclear` where nobody is
    named whom we know; None if the sentence speaks of no such wish."""
    if _first(_AGREEMENTS, plain):
        return "agreement"
    option = _first(_OPTIONS, plain)
    if option is None:
        return None
    before = list(_WHO.finditer(plain, max(0, option.start() - 100), option.end()))
    named = before[-1] if before else _WHO.search(plain, option.end(), option.end() + 80)
    return (named.lastgroup if named else None) or "unclear"


def _first(patterns: tuple[re.Pattern[str], ...], plain: str) -> re.Match[str] | None:
    """The first match of a pattern that is about the contract's going on, and not about its ending."""
    for pattern in patterns:
        for match in pattern.finditer(plain):
            against = _AGAINST_IT.search(match.groupdict().get("between") or "")
            denied = _BEFORE_IT.search(plain[max(0, match.start("renew") - 20) : match.start("renew")])
            if not against and not denied and is_of_the_contract(plain, match.start("renew"), match.end("renew")):
                return match
    return None
