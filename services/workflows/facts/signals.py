"""Gathers signals for a renewal: those in the customer's record, and those that the CSM's notes mention."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from services.workflows import fact_kinds
from shared.ground.json_types import JsonObject

BUDGET_CUT = fact_kinds.budget_cut.KIND.key
COMPETITOR = fact_kinds.competitor.KIND.key
EXPANSION = fact_kinds.expansion.KIND.key
ESCALATION = fact_kinds.escalation.KIND.key
REORGANISATION = fact_kinds.reorganisation.KIND.key
KINDS = tuple(kind.key for kind in fact_kinds.SIGNALS)

_IN_NOTES = (
    (
        BUDGET_CUT,
        re.compile(
            r"\bbudget\w{0,3}\b.{0,60}\b(?:cut|reduc|freez|frozen|pressure|tight)|\b(?:cut|reduc"
            r"|freez)\w{0,4}\b.{0,40}\bbudget|\bcost[ -](?:cut|saving)"
        ),
    ),
    (
        COMPETITOR,
        re.compile(
            r"\bcompetit|\balternative (?:vendor|provider|product)|\bevaluating (?:other|another)|\bswitch(?:ing)? to\b"
        ),
    ),
    (
        EXPANSION,
        re.compile(r"\bexpan(?:d|sion)|\bmore seats|\badditional (?:seats|teams?|licen[cs]es)|\bupsell|\brolling out"),
    ),
    (ESCALATION, re.compile(r"\bescalat|\boutage|\bunhappy|\bfrustrat|\bcomplain")),
    (REORGANISATION, re.compile(r"\breorgani[sz]|\brestructur|\bmerger|\bacqui(?:red|sition)|\blayoffs?\b")),
)
_NOT = re.compile(r"\b(?:no|not|without|never)\b.{0,24}$")
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d)?) ?(?:%|per ?cent)")


class SignalFact(Protocol):
    """A fact that is a signal."""

    kind: str
    note: str
    on: date | None
    details: JsonObject


def of_facts(facts: Iterable[SignalFact]) -> list[JsonObject]:
    """`[{kind, note, percent, observedOn}]`, as the API shows signals."""
    return [
        {
            "kind": fact.kind,
            "note": fact.note or None,
            "percent": fact.details.get("percent"),
            "observedOn": fact.on.isoformat() if fact.on else None,
        }
        for fact in facts
    ]


def gather(recorded: Iterable[JsonObject], notes: str | None) -> list[JsonObject]:
    """`[{kind, note, percent, source}]`, one for each kind; the record takes precedence over the notes."""
    gathered: dict[str, JsonObject] = {}
    for signal in recorded:
        kind, note = signal["kind"], signal.get("note") or ""
        gathered.setdefault(
            kind, {"kind": kind, "note": note, "percent": signal.get("percent"), "source": "customer.signals"}
        )
    for sentence in re.split(r"(?<=[.!?;])\s+|\n", notes or ""):
        for kind, pattern in _IN_NOTES:
            match = pattern.search(sentence.lower())
            if match and kind not in gathered and not _NOT.search(sentence.lower()[: match.start()]):
                percent = _PERCENT.search(sentence)
                gathered[kind] = {
                    "kind": kind,
                    "note": sentence.strip(),
                    "percent": float(percent[1]) if percent else None,
                    "source": "assessment.notes",
                }
    return [gathered[kind] for kind in KINDS if kind in gathered]
