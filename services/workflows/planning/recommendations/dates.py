"""The recommendation from the days on which something is decided or closes at the customer: to be ready before the next."""

from __future__ import annotations

from datetime import date, timedelta

from services.workflows.definition import (
    CsmWork,
    Recommendation,
    RecommendationKind,
    StepContext,
    recommend,
)
from services.workflows.fact_kinds import key_date
from services.workflows.facts.customer import CustomerContext, KnownFact
from services.workflows.planning.recommendations import known_facts
from shared.ground import wording

AHEAD = timedelta(days=60)
WORK = {
    "budget": "Give {who} a figure for {name} before {day}",
    "board": "Have the paper for {name} with {who} before {day}",
    "committee": "Have the paper for {name} with {who} before {day}",
    "tender": "Hand in the bid for {name} before {day}",
    "option": "Tell {customer} of {name} before it closes on {day}",
    "reduction": "Tell {customer} of {name} before it closes on {day}",
    "go_live": "See that {name} goes live on {day}",
    "review": "Prepare {name} before {day}",
}
"""What is to be done before each of what a date can be; nothing for the others."""


def _coming(facts: CustomerContext) -> list[tuple[date, KnownFact]]:
    """The days within AHEAD on which something closes, the next first."""
    days = [(fact.on or fact.due_on, fact) for fact in known_facts.of_kind(facts, key_date.KIND)]
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
    return recommend(
        1, _title(context.facts, day, first), why, known_facts.evidence_of(first, key_date.KIND), closes_on=day
    )


def _title(facts: CustomerContext, day: date, fact: KnownFact) -> str:
    return WORK[_what(fact)].format(
        who=fact.details.get("who") or "whoever decides",
        name=_name(fact),
        customer=facts.customer.name,
        day=wording.day(day),
    )


BE_READY = RecommendationKind("be_ready", _be_ready, CsmWork(None, 5, "4 hours", "moderate"))
