"""The clause that binds somebody to a least amount, in money or in quantity."""

import re

from services.workflows.clauses.obstacles.obstacle import Obstacle, names

_WHAT = (
    r"(?:purchase|order|commitment|quantit|volume|fees?\b|royalt|payment|guarantee|revenue|sales|spend|billing"
    r"|charges?\b"
    r"|amount|subscri|user|seat|licen[cs]e|unit|hours?\b|impression|requirement|usage|throughput|deliver"
    r"|performance|take"
    r"|compensation|number of|lot\b|target|enrol)"
)
_NOT_COMMITTED = r"(?!insurance|standard|qualif|coverage|age\b|wage|notice|period|term\b|credit|net\b|capital|warranty|service level)"
_BY_NAME = re.compile(
    rf"\bminimum(?: (?:and|or|and/or|/) ?\w+)? (?:{_NOT_COMMITTED}[\w'/-]+,? ){{0,3}}?{_NOT_COMMITTED}{_WHAT}"
    r"|\b(?:guaranteed|committed|annual|monthly|quarterly|yearly|contract|aggregate) (?:\w+ )?minimum"
    r"|\bminimum (?:guarantee|commit)"
    r"|\b(?:guaranteed|committed) (?:\w+ ){0,2}?(?:fee|payment|volume|amount|revenue|purchase)"
    r"|\b(?:sales|purchase|annual|quarterly|performance) quotas?\b|\btake[- ]or[- ]pay\b|\bmoq\b"
    r"|\bshortfall (?:payment|fee|amount)"
    r"|\b(?:binding|firm) (?:purchase )?(?:commitment|order)s? (?:for|of|to)"
)
_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty"
    r"|ninety|a hundred|\w+ (?:hundred|thousand|million))\b"
)
_AMOUNT = rf"(?:(?:us|usd|eur|gbp|rmb|hk)? ?[$€£]? ?[\d\[*_]|{_NUMBER})"
_AT_LEAST = rf"(?:at least|(?:no|not) (?:less|fewer) than|minimum of|in excess of)(?: [a-z]{{1,9}}){{0,2}}? ?{_AMOUNT}"
_MUST = (
    r"(?:shall|will|must|agrees? to|undertakes? to|commits? to|guarantees?|obligat\w+ to|is required to|are required to"
    r"|covenants? to)"
)
_DOES = (
    r"(?:purchase|buy|order|pay|spend|sell|deliver|provide|supply|take|generate|achieve|produce|place|make"
    r"|commit|invest"
    r"|contribute|establish|license|subscribe|guarantee|share|meet|launch|set up|run|display|expend|ensure)"
)
_LEAST = (
    "minimum",
    "at least",
    " less than",
    "fewer than",
    "in excess of",
    "guarantee",
    "commit",
    "take-",
    "take or",
    "moq",
    "shortfall",
    "quota",
    "undertakes to ",
    "agrees to ",
    " below ",
    "firm ",
    "binding",
)
_MUST_DO = re.compile(
    rf"\b{_MUST}\b[^.;]{{0,120}}?\b{_DOES}\w{{0,3}}\b[^.;]{{0,120}}?\b{_AT_LEAST}"
    r"|\b(?:fees?|royalt\w+|purchases?|orders?|payments?|sales|quantit\w+|volumes?)\b[^.;]{0,80}?\b(?:shall|will"
    r"|must|to) (?:\w+ ){0,2}?"
    rf"{_AT_LEAST}"
    rf"|\b(?:commits?|undertakes?|guarantees?|agrees?) to (?:spend|purchase|buy|order) (?:\w+ ){{0,3}}?{_AMOUNT}"
    rf"|\b(?:no|not|never) (?:\w+ ){{0,3}}?(?:fall|drop|go|be) below (?:\w+ ){{0,2}}?{_AMOUNT}"
    rf"|\bminimum of(?: [a-z]{{1,9}}){{0,2}}? ?{_AMOUNT}"
)
_OF_TIME = re.compile(  # "at least thirty (30) days", "no less than [*] prior to"
    r"\b(?:at least|(?:no|not) (?:less|fewer) than|minimum of|in excess of)(?: [a-z]{1,9}){0,2}? ?"
    r"(?:(?!per\b|each\b|every\b|an?\b|in\b)\S{1,12} ){0,3}?(?:(?:full|business|calendar|working|additional"
    r"|successive|consecutive|prior) )?"
    r"(?:(?:-?days?|weeks?|months?|years?|minutes?|times?)\b|prior to|before|uptime|% of the time)"
)
_OF_SOMETHING_ELSE = re.compile(  # insurance, votes, standards of service, damages
    r"\binsur|\bcoverage\b|\bpolic(?:y|ies)\b|\bnotice\b|\boutstanding (?:shares|stock)|\bvoting\b"
    r"|\binterest rate|\bnet worth"
    r"|\buptime\b|\bavailab(?:le|ility) (?:at least|\d)|\brecords?\b[^.;]{0,40}\b(?:retain|kept|keep)|\bexperience\b"
    r"|\bminimum (?:[\w-]+ ){0,4}?standards?|\bmeeting|\bcounterpart|\bpercent of the (?:shares|stock|voting)"
    r"|\bliabilit"
    r"|\blate (?:fee|charge|payment)|\brate of return|\bpenalt|\bliquidated damages|\bno minimum\b"
    r"|\bnot (?:\w+ ){0,4}?minimum"
)


def _is_in(plain: str) -> bool:
    if not names(plain, *_LEAST):
        return False
    bound = _BY_NAME.search(plain) or _MUST_DO.search(_OF_TIME.sub(" ", plain))
    return bool(bound) and not _OF_SOMETHING_ELSE.search(plain)


MINIMUM_COMMITMENT = Obstacle(
    "minimum_commitment",
    "Minimum commitment",
    "medium",
    "A least amount is owed whatever is used, so a smaller renewal must be agreed against it.",
    _is_in,
)
