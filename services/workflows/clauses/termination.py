"""Reads who may end the contract early, with and without a reason."""

import re

from services.workflows.clauses.finding import Finding, found, not_found, settled, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_END = r"(?:terminat\w*|cancel\w*|withdraw from|end (?:this|the) (?:agreement|contract))"
_TERMINATE = re.compile(rf"\b{_END}")
_RIGHT = re.compile(
    r"\b(?:may|can|(?:is|are|shall be) entitled to|(?:has|have|reserves?|retains?) (?:\w+ ){0,2}(?:right|option)"
    rf"|rights? (?:to|of)|option to)\b[^.;]{{0,120}}?\b{_END}"
    rf"|\bterminable\b|\bmay be {_END}"
)
_EFFECT = re.compile(
    r"^\W*(?:[\d.()a-z]{1,6}\W+)?(?:if|in the event|in case|upon|on|following|after|when|where|should|no)\b.{0,80}\bterminat"
)
_CONVENIENCE = re.compile(
    r"\bfor (?:its |their |any )?convenience|\bwithout (?:any )?cause|\bfor (?:any or no|no or any|no) reason"
    r"|\bwithout (?:giving |stating |assigning )?(?:any )?reason|\bwith or without (?:any )?(?:cause|reason)"
)
_ANY_REASON = re.compile(r"\bfor any reason\b|\bat (?:its|their) (?:sole |own )?discretion\b")
_BY_NOTICE = re.compile(r"\bnotice\b|\bat any time\b|\bnotif")
_THE_CONTRACT = re.compile(
    rf"\b{_END} (?:(?:this|the|its|our|their|such|that|entire|whole) )?(?:\w+ ){{0,2}}?"
    r"(?:agreement|contract|subscription|term|order form|services?)\b"
    rf"|\b(?:agreement|contract|subscription|order form|services?) may be {_END}"
)
_CAUSE = re.compile(
    r"\bfor (?:good )?cause\b|\bmaterial(?:ly)? breach|\bbreach(?:es|ed)?\b|\binsolven|\bbankrupt|\bfails? to\b|\bfailure\b"
)
_REASON_NAMED = re.compile(
    r"\bdefault|\bviolat|\bunable to\b|\bforce majeure\b|\bchange (?:of|in)\b|\bunpaid\b|\bnon-?payment"
    r"|\bin the event\b|\b(?:because|by reason|as a result|due to)\b|\bpursuant to\b|\bunder (?:section|article|clause)"
    r"|\bin accordance with\b|\bmutual|\bby (?:written )?agreement|\bagreement in writing|\bpast due|\boverdue"
)
_TO_THE_END_OF_TERM = re.compile(
    r"\b(?:to|at|before|prior to|by|of|from) (?:the )?(?:end|expir\w{1,6}|anniversary|renewal|last day|close)\b|\brenew|\bthen-?current"
)
_OF_THE_CALENDAR = re.compile(r"\bend of (?:a|any|each|the) (?:calendar|quarter|month)\b")
_CONDITION = re.compile(
    r"\bonly\b|\bexcept\b|\bbut not\b|\bhowever\b|\bsubject to\b|\bprovided,? (?:however,? )?that (?!.{0,60}\bnotice)"
    r"|\b(?:after|following|until|during|within|before) (?:the )?(?:\w+ ){0,2}(?:first|initial|second|third|renewal|anniversary)"
    r"|\bunless\b|\bif\b|\bin (?:any|a) renewal"
)
_REFUSED = re.compile(
    rf"\b(?:neither|no) (?:party|side)\b.{{0,60}}?\b{_END}|\b(?:may|shall|can|will) not\b.{{0,40}}?\b{_END}"
    rf"|\b(?:no|not have (?:any|the|a)) right\b.{{0,40}}?\b{_END}"
    r"|\bnot be (?:terminated|cancelled|canceled)\b|\bnon-?cancel"
)
_CURE_AFTER = re.compile(
    r"^'?s?'?(?: \(?\w+\)?){0,3}? ?(?:of|after|from|following|cure|notice|prior|written|to (?:cure|remedy))\b"
)
_CURE_AHEAD = re.compile(r"\b(?:cure\w*|remed\w+|correct\w*|within|period of|upon|on)\b[^.;]{0,40}$")
_ENDS_BY_ITSELF = re.compile(r"\bterminates? (?:\w+ ){0,3}(?:upon|on|if|when)\b")
_CUSTOMER = re.compile(r"\b(?:customer|client|licensee|subscriber|buyer|you)\b")
_PROVIDER = re.compile(r"\b(?:provider|vendor|supplier|licensor|company|contractor|we)\b")
_EITHER = re.compile(r"\b(?:either|each|any|a) (?:of the )?part(?:y|ies)\b|\b(?:the|both) parties\b")


def read(sentences: list[Sentence]) -> dict[str, Finding]:
    """`{convenience: {status, allowed, party, notice}, cause: {..., cure}}`, each with its sentence. If each party has
    a right of its own, `rights` names them."""
    about = [sentence for sentence in sentences if _TERMINATE.search(sentence.plain)]
    convenience = [finding for sentence in about if (finding := _convenience(sentence))]
    cause = [
        _cause(sentence)
        for sentence in about
        if _CAUSE.search(sentence.plain) and not _CONVENIENCE.search(sentence.plain)
    ]
    return {"convenience": _settled(convenience), "cause": _most_telling(cause)}


def _settled(candidates: list[Finding]) -> Finding:
    """The finding of all sentences. A right of the customer and one of the provider do not contradict each other."""
    rights = [finding for finding in candidates if finding["status"] == "found" and finding["allowed"]]
    refused = [finding for finding in candidates if finding["status"] == "found" and not finding["allowed"]]
    of_each = {
        party: [finding for finding in rights if finding["party"] == party] for party in ("customer", "provider")
    }
    if not refused and len(rights) == sum(map(len, of_each.values())) and all(of_each.values()):
        each = [_answer(found_) for found_ in of_each.values()]
        if all(finding["status"] == "found" for finding in each):
            same = each[0]["notice"] if each[0]["notice"] == each[1]["notice"] else None
            named = [{name: finding[name] for name in ("party", "notice", "sentence")} for finding in each]
            return each[0] | {"party": "either", "notice": same, "rights": named}
    return _answer(candidates)


def _answer(candidates: list[Finding]) -> Finding:
    """One finding for these. A right without a notice, such as in a heading, counts only if no other sentence names a
    notice, refuses the right, or cannot be read."""
    readable = [finding for finding in candidates if finding["status"] == "found"]
    telling = [finding for finding in readable if finding["notice"] or not finding["allowed"]] or readable
    doubtful = [finding for finding in candidates if finding["status"] == "unreadable"]
    if doubtful and readable and not any(finding["notice"] or not finding["allowed"] for finding in readable):
        return doubtful[0]
    return settled(
        telling or doubtful,
        "no sentence speaks of ending the contract without a reason",
        "answers",
        lambda finding: (finding["allowed"], finding["party"], finding["notice"]),
    )


def _most_telling(cause: list[Finding]) -> Finding:
    """The best of several causes, which do not contradict each other: preferably one with a time to cure."""
    telling = sorted(cause, key=lambda finding: (finding["status"] != "found", finding.get("cure") is None))
    return telling[0] if telling else not_found("no sentence speaks of ending the contract for a breach")


def _convenience(sentence: Sentence) -> Finding | None:
    plain = sentence.plain
    said = bool(_CONVENIENCE.search(plain))
    right = _RIGHT.search(plain)
    refused = _REFUSED.search(plain)
    if refused and (said or _ANY_REASON.search(plain)):
        return _refusal(sentence, refused)
    if not said and (not right or refused or _EFFECT.search(plain)):
        return None
    if not said and not _names_no_reason(plain):
        return None
    if (
        not said
        and not _BY_NOTICE.search(plain)
        and not _ANY_REASON.search(plain)
        and not _OF_THE_CALENDAR.search(plain)
    ):
        return unreadable("it may be ended in a way that is not understood", sentence)
    if not right or _EFFECT.search(plain):
        return unreadable("it speaks of ending the contract without a reason in a way that is not understood", sentence)
    if not said and _OF_THE_CALENDAR.search(plain):
        return unreadable("it may be ended to an end of the calendar, in a way that is not understood", sentence)
    named = periods(plain)
    if doubtful := next((period for period in named if period.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    if _CONDITION.search(plain):
        return unreadable("it may be ended without a reason, but under conditions that are not understood", sentence)
    return found(sentence, allowed=True, party=_party(plain), notice=_notice(named, plain))


def _refusal(sentence: Sentence, refused: re.Match[str]) -> Finding:
    """The finding of a refused right; unreadable if the same sentence also grants one, or names a condition."""
    rest = sentence.plain[: refused.start()] + " " + sentence.plain[refused.end() :]
    if _RIGHT.search(rest) or _CONDITION.search(rest):
        return unreadable("it both gives and refuses a right to end the contract without a reason", sentence)
    return found(sentence, allowed=False, party=_party(sentence.plain), notice=None)


def _names_no_reason(plain: str) -> bool:
    """Whether a sentence is about ending the contract itself, without a reason, and not only at the end of its term."""
    if _CAUSE.search(plain) or _REASON_NAMED.search(plain) or not _THE_CONTRACT.search(plain):
        return False
    return bool(_OF_THE_CALENDAR.search(plain)) or not _TO_THE_END_OF_TERM.search(plain)


def _cause(sentence: Sentence) -> Finding:
    plain = sentence.plain
    if not (_RIGHT.search(plain) or _ENDS_BY_ITSELF.search(plain)):
        return unreadable("it speaks of ending the contract for a breach in a way that is not understood", sentence)
    cures = [period for period in periods(plain) if not period.doubt and _is_cure(period, plain)]
    return found(sentence, allowed=True, party=_party(plain), cure=_first(cures))


def _is_cure(period: Period, plain: str) -> bool:
    """Whether a period is the time to cure a breach, and not the length of the contract."""
    ahead, behind = plain[max(0, period.start - 60) : period.start], plain[period.end : period.end + 40]
    return bool(_CURE_AHEAD.search(ahead) or _CURE_AFTER.search(behind))


def _notice(named: list[Period], plain: str) -> str | None:
    """The notice period: the one beside the word "notice", else the only one."""
    beside = [period for period in named if "notice" in plain[max(0, period.start - 30) : period.end + 40]]
    return _first(beside or (named if len(named) == 1 else []))


def _first(named: list[Period]) -> str | None:
    return str(named[0]) if named else None


def _party(plain: str) -> str | None:
    """The party that may end the contract: the first one named before the verb; None if it is called by its own
    name."""
    before = plain[: match.end()] if (match := _TERMINATE.search(plain)) else plain
    if _EITHER.search(before) or re.search(r"\b(?:neither|no) party\b", before):
        return "either"
    customer, provider = _CUSTOMER.search(before), _PROVIDER.search(before)
    if customer and not (provider and provider.start() < customer.start()):
        return "customer"
    if provider:
        return "provider"
    return "either" if re.search(r"\bnot be|\bbe terminat|\bbe cancel|\bterminable", plain) else None
