"""Recommendations from what stands, whatever the figures say: a hold, what goes out by itself under it, and what waits for
our own answer."""

from __future__ import annotations

from datetime import date

from services.workflows.definition import (
    CsmWork,
    Recommendation,
    RecommendationKind,
    StepContext,
    evidence,
    recommend,
)
from services.workflows.fact_kinds import going_out, open_point
from services.workflows.facts.customer import CustomerContext, HoldFacts, KnownFact
from services.workflows.planning.recommendations import known_facts
from shared.ground import wording

US = "us"


def _until(hold: HoldFacts) -> str:
    return f"until {wording.day(hold.until_on)}" if hold.until_on else "until the hold is lifted"


def _respect_hold(context: StepContext) -> Recommendation | None:
    hold = context.facts.hold
    if hold is None:
        return None
    asked = f" {hold.asked_by} asked for it." if hold.asked_by else ""
    allowed = f" Allowed all the same: {', '.join(hold.exceptions)}." if hold.exceptions else ""
    reason = hold.reason.rstrip(".")
    why = f"{reason[:1].upper()}{reason[1:]}.{asked}{allowed}"
    title = f"Let nothing reach {context.facts.customer.name} {_until(hold)}"
    return recommend(1, title, why, evidence("customer", "hold", quote=hold.reason))


RESPECT_HOLD = RecommendationKind(
    "respect_hold",
    _respect_hold,
    CsmWork(None, 1, "15 minutes"),
    next_condition="The hold is over",
    reaches_customer=False,
)


def _leaving(facts: CustomerContext) -> list[tuple[date | None, KnownFact]]:
    """What goes out by itself while the hold stands, with its day, the soonest first."""
    hold = facts.hold
    if hold is None:
        return []
    days = [(fact.due_on or fact.on, fact) for fact in known_facts.of_kind(facts, going_out.KIND)]
    leaving = [
        (day, fact)
        for day, fact in days
        if day is None or (day >= facts.today and (hold.until_on is None or day <= hold.until_on))
    ]
    return sorted(leaving, key=lambda each: each[0] or date.max)


def _stop_outgoing(context: StepContext) -> Recommendation | None:
    leaving = _leaving(context.facts)
    if not leaving:
        return None
    why = "It leaves the house by itself, and the customer is on hold."
    return recommend(1, _stop(context), why, *(known_facts.evidence_of(fact, going_out.KIND) for _, fact in leaving))


def _stop(context: StepContext) -> str:
    return f"Stop {wording.listed([_departure(day, fact) for day, fact in _leaving(context.facts)])}"


def _departure(day: date | None, fact: KnownFact) -> str:
    """What goes out, to whom and when, as far as it is known."""
    recipient = fact.details.get("recipient")
    to, on = f" to {recipient}" if recipient else "", f" on {wording.day(day)}" if day else ""
    return f"{fact.details['what']}{to}{on}"


STOP_OUTGOING = RecommendationKind(
    "stop_outgoing", _stop_outgoing, CsmWork(None, 1, "30 minutes"), reaches_customer=False
)


def _with_us(facts: CustomerContext) -> list[KnownFact]:
    """The open points on which the customer waits for us, the longest waiting first."""
    points = [fact for fact in known_facts.of_kind(facts, open_point.KIND) if fact.details.get("side") == US]
    return sorted(points, key=lambda fact: fact.on or date.max)


def _answer_ours(context: StepContext) -> Recommendation | None:
    points = _with_us(context.facts)
    if not points:
        return None
    since = points[0].on
    why = "The customer waits for us"
    if since:
        why += f" since {wording.day(since)}, for {(context.facts.today - since).days} days"
    return recommend(
        1,
        _answer(context),
        f"{why}; our own delay comes before anything that we ask of them.",
        *(known_facts.evidence_of(point, open_point.KIND) for point in points),
    )


def _answer(context: StepContext) -> str:
    return f"Give our answer on {wording.listed([fact.details['point'] for fact in _with_us(context.facts)])}"


ANSWER_OURS = RecommendationKind("answer_ours", _answer_ours, CsmWork(None, 2, "2 hours", "moderate"))
