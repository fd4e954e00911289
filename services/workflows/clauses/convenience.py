"""Reads who may end the contract without a reason, after what notice, and on what condition."""

import re
from collections.abc import Iterator, Sequence

from services.workflows.clauses import conditions, ending, list_items, parties, reasons
from services.workflows.clauses.finding import Finding, contradictory, found, not_found, unreadable
from services.workflows.clauses.quantities import Period, periods
from services.workflows.clauses.text import Sentence

_BETWEEN_OTHERS = re.compile(r"\b(?:shall|must|will) (?:stipulate|provide|require|state|contain|specify) that\b")
_OPEN_END = re.compile(
    r"(?::|\b(?:if|upon|when|where|following|of|either|by|event|events|for|on|that|to|and|or|case|until|earlier|as))$"
)
_BEFORE_A_NOTICE = re.compile(r"\b(?:upon|on|by|with|giving|telling \w+|informing \w+)\b[^.;,]{0,30}$")


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
    read = [finding for part in _parts(ending.with_wishes_as_rights(text)) if (finding := _of_part(sentence, part))]
    granted = [finding for finding in read if finding["status"] == "found"]
    first_of_each = {finding["party"]: finding for finding in reversed(granted)}
    return list(reversed(first_of_each.values())) or read[:1]


def _parts(text: str) -> Iterator[str]:
    """What of a sentence may be a right of its own: an item of its list, with the words that lead to the list if it
    needs them; and these words, if they say enough without the list."""
    lead = ""
    for lead, item in list_items.of(text):
        if not lead or ending.is_right(item):
            yield item
        elif reasons.NO_CAUSE.search(item) or reasons.ANY_REASON.search(item) or reasons.by_notice_alone(item[:100]):
            yield lead + item
    if lead and not _OPEN_END.search(alone := conditions.LIMIT.sub("", lead).strip()):
        yield alone


def _of_part(sentence: Sentence, text: str) -> Finding | None:
    no_cause = reasons.NO_CAUSE.search(text)
    any_reason = no_cause or reasons.ANY_REASON.search(text)
    refused = ending.forbidden(conditions.before_limit(text))
    if _BETWEEN_OTHERS.search(text):
        return None
    if refused:
        return _refusal(sentence, text, refused) if any_reason else None
    if not ending.is_right(text):
        return _mention(sentence, text) if no_cause else None
    if not ending.is_of_the_contract(text) or reasons.is_instead_of_none(text):
        return None
    if not (no_cause or reasons.names_none(text)):
        return None
    named = periods(text)
    if doubtful := next((period for period in named if period.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    if not (any_reason or reasons.by_notice_alone(text) or conditions.calendar_end(text)):
        return _unclear(sentence, text)
    return found(
        sentence,
        allowed=True,
        party=parties.party(text),
        notice=_notice(named, text),
        condition=conditions.of(sentence, text),
        named=parties.name(text),
    )


def _refusal(sentence: Sentence, text: str, refused: re.Match[str]) -> Finding:
    """The finding of a refused right; unreadable if the same words also grant one, or name a condition."""
    rest = text[: refused.start()] + " " + text[refused.end() :]
    if ending.is_right(rest) or conditions.ONLY.search(rest) or conditions.LIMIT.search(rest):
        return unreadable("it both gives and refuses a right to end the contract without a reason", sentence)
    return found(
        sentence, allowed=False, party=parties.party(text), notice=None, condition=None, named=parties.name(text)
    )


def _mention(sentence: Sentence, text: str) -> Finding | None:
    """An ending without a cause that is spoken of, but neither given as a right nor as something that has happened."""
    if not reasons.is_spoken_of(text):
        return None
    return unreadable("it speaks of ending the contract without a reason in a way that is not understood", sentence)


def _unclear(sentence: Sentence, text: str) -> Finding | None:
    """A right to end the contract that names neither a reason nor a notice."""
    if not re.search(rf"\b(?:may|can) {ending.ENDS} (?:this|the) (?:agreement|contract)\b", text):
        return None
    return unreadable("it may be ended in a way that is not understood", sentence)


def _notice(named: list[Period], text: str) -> str | None:
    """The notice period: the one beside the word "notice", else one that stands behind "on", "by" or the like."""
    beside = [period for period in named if "noti" in text[max(0, period.start - 40) : period.end + 40]]
    behind = [period for period in named if _BEFORE_A_NOTICE.search(text[max(0, period.start - 40) : period.start])]
    chosen = beside or behind
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
    return same_party and None not in (one["notice"], other["notice"]) and one["notice"] != other["notice"]


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
    """The finding without the names by which parties were distinguished while it was made."""
    kept = {name: value for name, value in finding.items() if name != "named"}
    if "candidates" in kept:
        kept["candidates"] = [_without_names(candidate) for candidate in kept["candidates"]]
    return kept
