"""Reads who may end the contract without a reason, after what notice, and on what condition."""

import re
from collections.abc import Iterator, Sequence

from services.workflows.clauses import ending, limbs
from services.workflows.clauses.as_written import as_written
from services.workflows.clauses.finding import Finding, contradictory, found, not_found, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_NO_CAUSE = re.compile(
    r"\bfor (?:its |their |your |his |any )?(?:own )?convenience|\bwithout (?:any )?cause|\bfor (?:any or no|no or any|no) reason"
    r"|\bwithout (?:giving |stating |assigning |specifying |showing )?(?:any |a )?(?:reason|good cause)s?"
    r"|\bwith or without (?:any )?(?:cause|reason)|\bfor non-?cause|\bcause or no cause|\bterminable at will|\bat will\b"
)
_ANY_REASON = re.compile(
    r"\bfor any (?:reason|cause)\b(?! (?:set|specified|provided|listed|described|permitted|stated|other than|except))"
    r"|\b(?:at|in) (?:(?:its|their|his|your|sole|own|absolute|unfettered|full|and|complete|the|exclusive) ?){1,6}(?:discretion|option|election)\b"
    r"|\bat the (?:sole )?(?:discretion|option|election|will) of (?:either|any|each)\b|\bunilaterally\b"
)
_PERIOD_OF_NOTICE = re.compile(
    r"\b(?:day|week|month|year)s?\b(?:\W{0,3}\w+\W{0,3}){0,5}?\bnotice|\bnotice\b[^.;]{0,80}?\b(?:day|week|month|year)s?\b|\b(?:day|week|month)s?'? in advance\b"
    r"|\b(?:giving|sending|serving|delivering|by) (?:a |an |the other (?:party )?)?(?:(?:prior|written|advance),? ){0,3}notice"
)
_AT_ANY_TIME = re.compile(r"\bat any time\b|\bat all times\b")
_BY_NOTICE = re.compile(r"\bnotice\b|\bnotif")
_PAYING = r"(?:pay|paid|fee|compensat|reimburs)"
_CAUSE = re.compile(
    r"(?<!without )(?<!without any )(?<!without good )(?<!no )(?<!without a )\bcause\b(?! or)|\b(?:material(?:ly)? )?breach(?:es|ed)?\b|\binsolven|\bbankrupt"
    r"|\bfails? to\b|\bfailed to\b|\bfailure\b|\bdefault|\bviolat|\bunable to\b|\bforce majeure\b|\bchange (?:of|in)\b|\bunpaid\b|\bnon-?payment"
    r"|\bin the event\b|\bin case\b|\b(?:because|by reason|as a result|due to)\b"
    r"|\bmutual|\bby (?:written )?agreement|\bagreement in writing|\bpast due|\boverdue|\bupon the occurrence of (?!any of the following|the following|one)|\bdissatisf|\bnot satisfied"
    rf"|\b(?:if|when|where|should|once|whenever)\b(?![^.;,]{{0,60}}\b{_PAYING})(?! it (?:gives|so)| so )|\bhas (?:not )?been\b|\bfor (?:any|the) following"
)
_BY_A_RULE_ELSEWHERE = re.compile(
    r"\b(?:terminated?|cancel\w*)\b[^.;]{0,60}?\b(?:pursuant to|in accordance with|under|as (?:set forth|provided|specified) in) "
    r"(?:section|article|clause|paragraph|the (?:provisions|foregoing|preceding|terms))"
)
_END_OF_TERM = re.compile(
    r"\b(?:to|at|before|prior to|by|of|from) (?:the )?(?:end|expir\w{1,6}|anniversary|renewal|last day|close)\b|\brenewal of\b|\bnot (?:to |be )?renew|\brenew\w*\b[^.;]{0,160}?\bunless\b"
    r"|\b(?:prolong|renew|extend|continue) or (?:to )?(?:terminate|cancel)|\b(?:terminate|cancel) or (?:to )?(?:prolong|renew|extend|continue)"
)
_CALENDAR_END = re.compile(
    r"\b(?:to|at|by|before|as of) (?:the )?end of (?:a|any|each|the) (?:calendar|quarter|month|year)\b[^.;,]{0,30}"
)
_LIMITED_TO = re.compile(
    r"\bonly (?:after|in|during|if|upon|with|at|from|on|when|where|once|until|within|before)\b[^.;]{1,160}"
)
_LIMIT = re.compile(
    r"\bprovided,? (?:however,? |further,? |always,? )?that\b[^.;]{1,200}|\bprovided, [^.;]{1,160}"
    r"|\b(?:except|unless|but|however)\b[^.;]{1,200}"
)
_PRICE = re.compile(rf"\b(?:if|subject to|against|upon|on|by|and|for)\b[^.;,]{{0,60}}?\b{_PAYING}[^.;,]{{0,80}}")
_TIME = re.compile(
    r"\b(?:after|following|from|until|not before|no earlier than|during|within|before|prior to|beginning|in) (?:the |a |an |any )?"
    r"(?:\S{1,14} ){0,3}?(?:initial|first|second|third|fourth|fifth|anniversary|renew(?:al|ed))\b[^.;,]{0,60}"
    r"|\b(?:after|following|within|until) (?:\w+ )?(?:\S{1,14} ){1,4}?(?:months?|years?) (?:of|from|after|following|anniversary)\b[^.;,]{1,80}"
)
_CONDITIONS = (_LIMITED_TO, _LIMIT, _PRICE, _TIME, _CALENDAR_END)
_OF_THE_NOTICE = re.compile(r"\bnotice|\bnotif|\bin writing\b")
_BETWEEN_OTHERS = re.compile(r"\b(?:shall|must|will) (?:stipulate|provide|require|state|contain|specify) that\b")
_OF_A_SERVICE_AT_NO_NOTICE = re.compile(r"\b(?:with or )?without (?:any )?(?:prior )?notice\b")
_OPEN_END = re.compile(
    r"(?::|\b(?:if|upon|when|where|following|of|either|by|event|events|for|on|that|to|and|or|case|until|earlier|as))$"
)
_A_SENTENCE = re.compile(r"\b(?:shall|may|will|is|are|can|has|have|does|do|must|be)\b")


def candidates(passages: Sequence[tuple[Sentence, str]]) -> list[Finding]:
    """What each passage says of an ending without a reason: found, or unreadable. A heading, and a sentence on what
    follows from an ending, say nothing."""
    return [finding for sentence, text in passages if ending.ENDING.search(text) for finding in _of(sentence, text)]


def settled(findings: Sequence[Finding]) -> Finding:
    """One finding for all passages. Rights of different parties, and rights on different conditions, stand beside each
    other in `rights`; a right and its refusal, or two notices for the same right, contradict each other."""
    readable = [finding for finding in findings if finding["status"] == "found"]
    if not readable:
        return findings[0] if findings else not_found("no sentence speaks of ending the contract without a reason")
    rights = _different([finding for finding in readable if finding["allowed"]])
    refusals = [finding for finding in readable if not finding["allowed"]]
    if rights and any(_clash(right, refusal) for right in rights for refusal in refusals):
        return _without_names(contradictory("the contract's sentences give different answers", [*rights, *refusals]))
    if not rights:
        return _without_names(refusals[0])
    if any(_clash(right, other) for at, right in enumerate(rights) for other in rights[at + 1 :]):
        return _without_names(contradictory("the contract's sentences give different answers", rights))
    return _without_names(rights[0] if len(rights) == 1 else _side_by_side(rights))


def _of(sentence: Sentence, text: str) -> list[Finding]:
    read = [finding for part in _parts(text) if (finding := _of_part(sentence, part))]
    granted = [finding for finding in read if finding["status"] == "found"]
    return granted[:1] or read[:1]


def _parts(text: str) -> Iterator[str]:
    """What of a sentence may be a right of its own: an item of its list, with the words that lead to the list if it
    needs them; and these words, if they say enough without the list."""
    for lead, item in limbs.of(text):
        if not lead or ending.is_right(item):
            yield item
        elif _NO_CAUSE.search(item) or _ANY_REASON.search(item) or _by_notice_alone(item[:100]):
            yield lead + item
    if lead and not _OPEN_END.search(alone := _LIMIT.sub("", lead).strip()):
        yield alone


def _of_part(sentence: Sentence, text: str) -> Finding | None:
    no_cause, any_reason = _NO_CAUSE.search(text), _ANY_REASON.search(text)
    if (refused := ending.forbidden(text)) and not _is_limit(text, refused):
        return _refusal(sentence, text, refused) if no_cause or any_reason else None
    if not ending.is_right(text) or _BETWEEN_OTHERS.search(text):
        return _mention(sentence, text) if no_cause else None
    if not ending.is_of_the_contract(text) or not (no_cause or _names_no_reason(text, bool(any_reason))):
        return None
    named = periods(text)
    if doubtful := next((period for period in named if period.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    if not (no_cause or any_reason or _by_notice_alone(text) or _CALENDAR_END.search(text)):
        return _unclear(sentence, text)
    return found(
        sentence,
        allowed=True,
        party=ending.party(text),
        notice=_notice(named, text),
        condition=_condition(sentence, text),
        named=ending.named(text),
    )


def _names_no_reason(text: str, for_any_reason: bool) -> bool:
    """Whether the right is not one for a cause, by a rule elsewhere, or of letting the contract end with its term."""
    limit = _LIMIT.search(text)
    right = text[: limit.start()] if limit and ending.is_right(text[: limit.start()]) else text
    if _CAUSE.search(right) or (not for_any_reason and _BY_A_RULE_ELSEWHERE.search(text)):
        return False
    return bool(_AT_ANY_TIME.search(text) or _CALENDAR_END.search(text)) or not _END_OF_TERM.search(text)


def _by_notice_alone(text: str) -> bool:
    return bool(_PERIOD_OF_NOTICE.search(text) or _AT_ANY_TIME.search(text) and _BY_NOTICE.search(text))


def _refusal(sentence: Sentence, text: str, refused: re.Match[str]) -> Finding:
    """The finding of a refused right; unreadable if the same words also grant one, or name a condition."""
    rest = text[: refused.start()] + " " + text[refused.end() :]
    if ending.is_right(rest) or _LIMITED_TO.search(rest) or _LIMIT.search(rest):
        return unreadable("it both gives and refuses a right to end the contract without a reason", sentence)
    return found(
        sentence, allowed=False, party=ending.party(text), notice=None, condition=None, named=ending.named(text)
    )


def _is_limit(text: str, refused: re.Match[str]) -> bool:
    """Whether the refusal only limits a right that is given before it."""
    limit = _LIMIT.search(text)
    return limit is not None and limit.start() < refused.start() and ending.is_right(text[: limit.start()])


def _mention(sentence: Sentence, text: str) -> Finding | None:
    """An ending without a cause that is spoken of, but neither given as a right nor as something that has happened."""
    if ending.tells_what_follows(text) or not _A_SENTENCE.search(text):
        return None
    if not re.search(rf"{ending.ENDS}[^.;]{{0,40}}(?:{_NO_CAUSE.pattern})", text):
        return None
    return unreadable("it speaks of ending the contract without a reason in a way that is not understood", sentence)


def _unclear(sentence: Sentence, text: str) -> Finding | None:
    """A right to end the contract that names neither a reason nor a notice."""
    if not re.search(rf"\b(?:may|can) {ending.ENDS} (?:this|the) (?:agreement|contract)\b", text):
        return None
    return unreadable("it may be ended in a way that is not understood", sentence)


def _condition(sentence: Sentence, text: str) -> str | None:
    """The first words that bind the right to a condition, as the contract writes them; None if it is open."""
    for pattern in _CONDITIONS:
        match = pattern.search(text)
        if match and (pattern is _LIMITED_TO or not _OF_THE_NOTICE.search(match.group())):
            return as_written(sentence, match.group().strip(" ,"))
    return None


def _notice(named: list[Period], text: str) -> str | None:
    """The notice period: the one beside the word "notice", else the only one."""
    beside = [period for period in named if "noti" in text[max(0, period.start - 40) : period.end + 40]]
    chosen = beside or (named if len(named) == 1 else [])
    return str(chosen[0]) if chosen else None


def _different(rights: list[Finding]) -> list[Finding]:
    """The rights without those that say the same again, or the same with less."""
    kept: list[Finding] = []
    for right in sorted(rights, key=lambda finding: finding["notice"] is None):
        if not any(_says_no_more(right, other) for other in kept):
            kept.append(right)
    return sorted(kept, key=rights.index)


def _says_no_more(right: Finding, other: Finding) -> bool:
    same_party = right["party"] in (other["party"], None) or other["party"] == "either"
    return (
        same_party and right["notice"] in (other["notice"], None) and right["condition"] in (other["condition"], None)
    )


def _clash(one: Finding, other: Finding) -> bool:
    """Whether two answers cannot both hold: for the same party, without a condition in either."""
    if one["condition"] or other["condition"]:
        return False
    if one["allowed"] != other["allowed"]:
        return one["party"] == other["party"] or "either" in (one["party"], other["party"])
    same_party = (one["party"], one["named"]) == (other["party"], other["named"])
    return same_party and one["notice"] != other["notice"]


def _side_by_side(rights: list[Finding]) -> Finding:
    """The rights of a contract that gives several: what they have in common, and each for itself."""
    parties = {right["party"] for right in rights}
    both = "either" in parties or {"customer", "provider"} <= parties
    return rights[0] | {
        "party": "either" if both else rights[0]["party"] if len(parties) == 1 else None,
        "notice": _common(rights, "notice"),
        "condition": _common(rights, "condition"),
        "rights": [{name: right[name] for name in ("party", "notice", "condition", "sentence")} for right in rights],
    }


def _common(rights: list[Finding], name: str) -> str | None:
    return rights[0][name] if len({right[name] for right in rights}) == 1 else None


def _without_names(finding: Finding) -> Finding:
    """The finding without the names by which parties were told apart while it was made."""
    kept = {name: value for name, value in finding.items() if name != "named"}
    if "candidates" in kept:
        kept["candidates"] = [_without_names(candidate) for candidate in kept["candidates"]]
    return kept
