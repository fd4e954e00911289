"""Customer contexts for the pure rooms: the samples' customers, and contracts that say one thing; and what steps compute from them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from services.workflows import sample_data, stages, step_kinds
from services.workflows.definition import PlanningContext, StepContext, StepOutput, StepOutputs
from services.workflows.facts import signals
from services.workflows.facts.customer import ContactFacts, ContractFacts, CustomerContext, CustomerFacts, of_columns
from services.workflows.models import CustomerFact

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
TERM_END = date(2027, 6, 30)
SEED = "Brightwater Logistics"
WALKED = [step.kind.key for step in stages.get_or_none("discovery").steps if not step.kind.holds_plan]


def sampled(name=SEED, **changes):
    """The context of a sample customer on TODAY."""
    sample = next(
        one for one in sample_data.read("demo", "America/New_York", None, NOW) if one.customer["name"] == name
    )
    row = sample.customer
    recorded = signals.of_facts(CustomerFact(**fact) for fact in sample.facts)
    customer = of_columns(CustomerFacts, row | {"signals": recorded})
    contacts = tuple(of_columns(ContactFacts, contact) for contact in sample.contacts)
    contracts = tuple(of_columns(ContractFacts, contract) for contract in sample.contracts)
    return CustomerContext(
        **{
            "customer": customer,
            "contacts": contacts,
            "contracts": contracts,
            "today": TODAY,
            **changes,
        }
    )


def with_text(*texts, ends_on=TERM_END, **changes):
    """The context of a plain customer whose contracts say this and nothing else."""
    customer = CustomerFacts("c1", "Acme", Decimal("100000"), "USD", TERM_END, 70, 70)
    contracts = tuple(
        ContractFacts(f"k{n}", f"Contract {n}", text, date(2024, n, 1), ends_on) for n, text in enumerate(texts, 1)
    )
    return CustomerContext(
        **{
            "customer": customer,
            "contacts": (),
            "contracts": contracts,
            "today": TODAY,
            **changes,
        }
    )


def outputs_of(by_kind):
    """Outputs as rules and steps read them, from `{kind: output}`."""
    return StepOutputs([StepOutput(step_kinds.get(key), key, "e1", output) for key, output in by_kind.items()])


def computed(kind, facts, entered=None, outputs=None, stage="discovery"):
    """The output of one step."""
    kind = step_kinds.get(kind)
    entered = kind.read_input(entered or {})
    context = StepContext(facts, stages.get_or_none(stage), outputs_of(outputs or {}), input=entered)
    return kind.compute(context)


def walked(facts, relationship=8, confidence=7, notes="", stage="discovery"):
    """The outputs of all steps before the action plan, by kind."""
    outputs = {}
    for kind in WALKED:
        entered = (
            {"relationshipScore": relationship, "confidenceScore": confidence, "notes": notes}
            if kind == "assessment"
            else {}
        )
        outputs[kind] = computed(kind, facts, entered, outputs, stage)
    return outputs


def planning_context(facts, outputs, steps=(), stage="discovery"):
    """What a plan for this customer is drafted from."""
    stage = stages.get_or_none(stage)
    following = stages.next_stage(stage, facts.customer.renewal_date, facts.today)
    return PlanningContext("e1", stage, following, facts, outputs_of(outputs), steps, "US", "ana")
