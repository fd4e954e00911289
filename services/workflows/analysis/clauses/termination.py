"""Who may end the contract early, with and without a reason."""

import re

from services.workflows.analysis.clauses.finding import Finding, found, settled, unreadable
from services.workflows.analysis.clauses.quantities import Period, periods
from services.workflows.analysis.clauses.text import Sentence

_TERMINATE = re.compile(r"\bterminat|\bcancel|\bwithdraw from\b|\bend this (?:agreement|contract)")
_CONVENIENCE = re.compile(
    r"\bfor (?:its |their |any )?convenience|\bwithout cause|\bfor any (?:or no )?reason|\bfor no reason"
    r"|\bwithout (?:giving |stating )?(?:any )?reason|\bat any time (?:up)?on\b|\bwith or without cause"
)
_CAUSE = re.compile(
    r"\bfor cause\b|\bmaterial(?:ly)? breach|\bbreach(?:es)?\b|\binsolven|\bbankrupt|\bfails? to (?:cure|remedy)"
)
_REFUSED = re.compile(
    r"\b(?:neither|no) (?:party|side)\b|\b(?:may|shall|can|will) not\b.{0,40}\b(?:terminat|cancel)|\b(?:no"
    r"|not have (?:any|the|a)) right\b.{0,40}\b(?:terminat|cancel)"
    r"|\bnot be (?:terminated|cancelled|canceled)\b|\bnon-?cancel"
)
_CUSTOMER = re.compile(r"\b(?:customer|client|licensee|subscriber|buyer|you)\b")
_PROVIDER = re.compile(r"\b(?:provider|vendor|supplier|licensor|company|contractor|we)\b")
_EITHER = re.compile(r"\b(?:either|each|any|a) party\b|\bthe parties\b")


def read(sentences: list[Sentence]) -> dict[str, Finding]:
    """`{convenience: {status, allowed, party, notice}, cause: {..., cure}}`, each with its sentence."""
    about = [sentence for sentence in sentences if _TERMINATE.search(sentence.plain)]
    convenience = [_convenience(one) for one in about if _CONVENIENCE.search(one.plain)]
    cause = [_cause(one) for one in about if _CAUSE.search(one.plain) and not _CONVENIENCE.search(one.plain)]
    return {
        "convenience": settled(
            convenience,
            "no sentence speaks of ending the contract without a reason",
            "answers",
            lambda one: (one["allowed"], one["party"], one["notice"]),
        ),
        "cause": _most_telling(cause),
    }


def _most_telling(cause: list[Finding]) -> Finding:
    """Several sentences may name several causes; that is no contradiction. The one with a time to cure tells most."""
    telling = sorted(cause, key=lambda one: one["cure"] is None)
    return telling[0] if telling else settled([], "no sentence speaks of ending the contract for a breach", "", str)


def _convenience(sentence: Sentence) -> Finding:
    if _REFUSED.search(sentence.plain):
        return found(sentence, allowed=False, party=_party(sentence.plain), notice=None)
    named = periods(sentence.plain)
    if doubtful := next((one for one in named if one.doubt), None):
        return unreadable(doubtful.doubt or "", sentence)
    return found(sentence, allowed=True, party=_party(sentence.plain), notice=_first(named))


def _cause(sentence: Sentence) -> Finding:
    return found(
        sentence,
        allowed=True,
        party=_party(sentence.plain),
        cure=_first([one for one in periods(sentence.plain) if not one.doubt]),
    )


def _first(named: list[Period]) -> str | None:
    return str(named[0]) if named else None


def _party(plain: str) -> str:
    """Who may: the first party named before the word that ends the contract."""
    before = plain[: match.end()] if (match := _TERMINATE.search(plain)) else plain
    if _EITHER.search(before) or re.search(r"\b(?:neither|no) party\b", before):
        return "either"
    customer, provider = _CUSTOMER.search(before), _PROVIDER.search(before)
    if customer and not (provider and provider.start() < customer.start()):
        return "customer"
    return "provider" if provider else "either"
