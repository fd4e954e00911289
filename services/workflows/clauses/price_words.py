"""The words for prices, and for a price that stays, without the other senses that they have in contracts."""

import re

PRICES = re.compile(
    r"\b(?:fees?|prices?|pricing|rates?|charges?|remuneration|subscription (?:amount|cost)|renewal (?:price|fee|rate|amount))\b"
)
HEADING = re.compile(
    r"(?:[\d.]{1,8} )?(?:the )?(?:(?:next|renewal|yearly|annual|subscription|licen[cs]e) )?"
    r"(?:fees?|prices?|pricing|charges?|remuneration)[.:]?"
)
"""The heading of a passage on the price."""

FIXED = (
    r"(?:(?:be|is|are|remains?|stays?|kept|held|shall be|will be) (?:\w+ ){0,2}?(?:fixed|firm|unchanged|locked"
    r"|frozen|constant)"
    r"|(?:fixed|firm|unchanged|locked|frozen|constant) (?:for|during|throughout|until|through|over|at)\b"
    r"|locked[ -]in\b)"
)
_OTHER_SENSES = re.compile(  # an interest rate, a law firm's fees, a rate of flow
    r"\b(?:interest|exchange|flow|tax|data|bit|frame|error|growth|inflation|discount|mortgage|production|success"
    r"|conversion"
    r"|response|occupancy|delivery|prime|libor|base lending|sampling|refresh|fill|default|failure|completion"
    r"|internal|hit|click-through"
    r"|transfer|burn|mortality|attrition|turnover) rates?\b"
    r"|\brates? of (?:return|exchange|flow|interest|production|inflation|growth|delivery|pay|speed|tax|progress)\b"
    r"|\b(?:law|accounting|audit\w*|consulting|such|a|the|any) firms?\b|\bfirm (?:order|commitment|offer|basis)s?\b"
    r"|\b(?:in charge of|free of charge|charged with|person in charge|at (?:any|all) rates?|first[ -]rate"
    r"|without charge)\b"
)
_WITH_OTHER_SENSES = ("rate", "firm", "charge")


def without_other_senses(plain: str) -> str:
    """The plain sentence with blanks where these words do not mean a price, so that every place stays the same."""
    if not any(word in plain for word in _WITH_OTHER_SENSES):
        return plain
    return _OTHER_SENSES.sub(lambda match: " " * len(match.group()), plain)
