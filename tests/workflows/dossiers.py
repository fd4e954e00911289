"""Dossiers for the pure rooms: the samples' customers, and one contract's text in a dossier of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from services.workflows import analysis, sampling
from services.workflows.analysis.dossier import ContactFacts, ContractFacts, CustomerFacts, Dossier

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
TERM_END = date(2027, 6, 30)
SEED = "Brightwater Logistics"


def sampled(name=SEED, **changes):
    """The dossier of a sample customer on TODAY."""
    sample = next(one for one in sampling.read("demo", "America/New_York", None, NOW) if one.customer["name"] == name)
    row = sample.customer
    customer = CustomerFacts(
        row["id"],
        row["name"],
        row["arr"],
        row["currency"],
        row["renewal_date"],
        row["health_score"],
        row["renewal_likelihood"],
        row["usage"],
        tuple(row["signals"]),
        row["salesforce_opportunity_id"],
        row["owner"],
    )
    contacts = tuple(
        ContactFacts(
            one["id"],
            one["name"],
            one["role"],
            one["title"],
            one["is_primary"],
            one["status"],
            one["sentiment"],
            one["last_met_on"],
            one["last_touch_on"],
            one["successor_id"],
            one["salesforce_id"],
        )
        for one in sample.contacts
    )
    contracts = tuple(
        ContractFacts(one["id"], one["title"], one["text"], one["effective_on"], one["ends_on"])
        for one in sample.contracts
    )
    return Dossier(
        **{
            "customer": customer,
            "contacts": contacts,
            "contracts": contracts,
            "stage": "discovery",
            "today": TODAY,
            **changes,
        }
    )


def with_text(*texts, ends_on=TERM_END, **changes):
    """The dossier of a plain customer whose contracts say this and nothing else."""
    customer = CustomerFacts("c1", "Acme", Decimal("100000"), "USD", TERM_END, 70, 70)
    contracts = tuple(
        ContractFacts(f"k{n}", f"Contract {n}", text, date(2024, n, 1), ends_on) for n, text in enumerate(texts, 1)
    )
    return Dossier(
        **{
            "customer": customer,
            "contacts": (),
            "contracts": contracts,
            "stage": "discovery",
            "today": TODAY,
            **changes,
        }
    )


def walked(dossier, relationship=8, confidence=7, notes=""):
    """The outputs of all steps before the action plan, by kind."""
    outputs = {}
    for kind in analysis.KINDS:
        given = (
            {"relationshipScore": relationship, "confidenceScore": confidence, "notes": notes}
            if kind == "assessment"
            else {}
        )
        outputs[kind] = analysis.compute(kind, dossier, given, outputs)
    return outputs
