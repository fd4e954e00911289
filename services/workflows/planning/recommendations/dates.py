"""The recommendation from the days on which something is decided or closes at the customer: to be ready before the next."""

from __future__ import annotations

from datetime import date, timedelta

from services.workflows import fact_kinds
from services.workflows.definition import (
    CsmWork,
    PlanningContext,
    Recommendation,
    RecommendationKind,
    StepContext,
    evidence,
    recommend,
)
from services.workflows.fact_kinds import key_date
from services.workflows.facts.customer import CustomerContext, KnownFact
from shared.ground import wording

AHEAD = timedelta(days=60)
LEAD_DAYS = 4
"""So many business days before it closes, our part is done."""

WORK = {
    "budget": "Give {who} a figure for {name} by {by}",
    "board": "Have the paper for {name} with {who} by {by}",
    "committee": "Have the paper for {name} with {who} by {by}",
    "tender": "Hand in the bid for {name} by {by}",
    "option": "Tell {customer} of {name} by {by}: it closes on {day}",
    "reduction": "Tell {customer} of {name} by {by}: it closes on {day}",
    "go_live": "See that {name} goes live on {day}",
    "review": "Prepare {name} by {by}",
}
"""What is to be done before each of what a date can be; nothing for the others."""


def _coming(facts: CustomerContext) -> list[tuple[date, KnownFact]]:
    """The days within AHEAD on which something closes, the next first."""
    days = [(fact.on or fact.due_on, fact) for fact in facts.known if fact.kind == key_date.KIND.key]
    return sorted(
        [(day, fact) for day, fact in days if day and facts.today < day <= facts.today + AHEAD and _what(fact) in WORK],
        key=lambda each: each[0],
    )


def _what(fact: KnownFact) -> str:
    return str(fact.details["what"])


def _name(fact: KnownFact) -> str:
    return fact.details.get("name") or f"the {_what(fact).replace('_', ' ')}"


def _be_ready(context: StepContext) -> Recommendation | None:
    coming = _coming(context.facts)
    if not coming:
        return None
    day, first = coming[0]
    who = first.details.get("who")
    days = [f"{_name(fact)} on {wording.day(on)}" for on, fact in coming[1:]]
    after = f" After that: {wording.listed(days)}." if days else ""
    decides = f"{who} decides" if who else "It is decided"
    why = f"{decides} on {wording.day(day)}, in {(day - context.facts.today).days} days; what comes after it comes too late.{after}"
    says = fact_kinds.get(first.kind).says(first.details)
    name = _name(first)
    title = f"{name[:1].upper()}{name[1:]} closes on {wording.day(day)}"
    return recommend(
        1, title, why, evidence("customer", "facts.key_date", quote=": ".join(filter(None, (says, first.note))))
    )


def _work(context: PlanningContext) -> str:
    day, fact = _coming(context.facts)[0]
    return WORK[_what(fact)].format(
        who=fact.details.get("who") or "whoever decides",
        name=_name(fact),
        customer=context.facts.customer.name,
        by=wording.day(context.business_days_before(day, LEAD_DAYS)),
        day=wording.day(day),
    )


def _closes(context: PlanningContext) -> date:
    return context.business_days_before(_coming(context.facts)[0][0], LEAD_DAYS)


BE_READY = RecommendationKind("be_ready", _be_ready, CsmWork(_work, 5, "4 hours", "moderate", due_by=_closes))
