"""The facts about a customer from which something is recommended, and how a plan cites them."""

from __future__ import annotations

from services.workflows.definition import evidence
from services.workflows.fact_kinds.fact_kind import FactKind
from services.workflows.facts.customer import CustomerContext, KnownFact
from shared.ground.json_types import JsonObject


def of_kind(facts: CustomerContext, kind: FactKind) -> list[KnownFact]:
    """The facts of a kind that stand, the oldest first."""
    return [fact for fact in facts.known if fact.kind == kind.key]


def evidence_of(fact: KnownFact, kind: FactKind) -> JsonObject:
    """The evidence of a fact: what its details and its note say."""
    said = ": ".join(filter(None, (kind.says(fact.details), fact.note)))
    return evidence("customer", f"facts.{kind.key}", quote=said)
