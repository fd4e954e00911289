"""Recommendations about the people at the customer: who signs, who supports us, who left, who was not in touch."""

from __future__ import annotations

from services.workflows.definition import (
    CsmWork,
    PlanningContext,
    Recommendation,
    RecommendationKind,
    StepContext,
    StepOutput,
    recommend,
)
from services.workflows.facts import signals
from services.workflows.step_kinds import assessment, stakeholders
from shared.ground import wording
from shared.ground.json_types import JsonObject

DECIDED_ABOVE = {
    signals.BUDGET_CUT: "the budget is being cut",
    signals.ESCALATION: "trouble is not forgotten",
    signals.REORGANISATION: "the customer is being reorganised",
    signals.COMPETITOR: "another offer is on the table",
}
"""What goes on at a customer that is decided above the economic buyer, by the kind of its signal."""


def _gaps(context: StepContext, *prefixes: str) -> list[JsonObject]:
    gaps = context.outputs.of(stakeholders.KIND).get("gaps", [])
    return [gap for gap in gaps if gap["key"].startswith(prefixes)]


def _evidence(people: StepOutput, gaps: list[JsonObject]) -> list[JsonObject]:
    return [people.evidence(f"gaps.{gap['key']}", quote=gap["why"]) for gap in gaps]


def _on_gaps(context: StepContext, priority: int, title: str, why: str, *gaps: JsonObject) -> Recommendation:
    return recommend(priority, title, why, *_evidence(context.outputs.of(stakeholders.KIND), list(gaps)))


def _buyer(context: StepContext) -> list[JsonObject]:
    return _gaps(context, "missing_economic_buyer", "unmet_economic_buyer")


def _sponsor(context: StepContext) -> list[JsonObject]:
    return _gaps(context, "missing_executive_sponsor", "unmet_executive_sponsor")


def _engage_economic_buyer(context: StepContext) -> Recommendation | None:
    """The economic buyer and the sponsor are approached together, because both are executives."""
    buyer = _buyer(context)
    if not buyer:
        return None
    title = "Engage the economic buyer" if buyer[0]["contactId"] else "Find and engage the economic buyer"
    why = buyer[0]["title"] + ": whoever signs has not heard us."
    return _on_gaps(context, 1, title, why, *buyer, *_sponsor(context))


def executive(context: PlanningContext) -> str:
    """The name for the person whom the economic buyer's gap is about: a short title, else the name, else the role."""
    gaps = context.outputs.of(stakeholders.KIND).get("gaps", [])
    gap = next((gap for gap in gaps if gap["role"] == "economic_buyer"), None)
    person = next((contact for contact in context.facts.contacts if gap and contact.id == gap["contactId"]), None)
    if person is None:
        return "economic buyer"
    return person.title if 0 < len(person.title) <= 30 else person.name


def _executive_first(context: PlanningContext) -> str:
    who = executive(context)
    return who[:1].upper() + who[1:]


def _meeting(context: PlanningContext) -> str:
    who = executive(context)
    return "Find out who signs, and schedule a meeting" if who == "economic buyer" else f"Schedule {who} meeting"


def _introduction(context: PlanningContext) -> str:
    contacts = [contact for contact in context.facts.contacts if contact.status == "active"]
    champion = next((contact for contact in contacts if contact.role == "champion"), None)
    return f"Ask {champion.name} for an introduction" if champion else "Find somebody who introduces us"


ENGAGE_ECONOMIC_BUYER = RecommendationKind(
    "engage_economic_buyer",
    _engage_economic_buyer,
    CsmWork(
        _meeting,
        10,
        "1 week",
        "complex",
        (
            (lambda context: f"Research {executive(context)} background and priorities", "1 hour", 2),
            (lambda context: f"Prepare the {executive(context)} value briefing", "3 hours", 4),
            (_introduction, "30 minutes", 3),
            ("Send the meeting request with the briefing", "30 minutes", 5),
        ),
    ),
    customer_part=lambda context: f"{_executive_first(context)} attends the value briefing",
    follow_up=(lambda context: f"Follow up on {executive(context)} meeting request", "Meeting Request Sent"),
    next_condition=lambda context: f"{_executive_first(context)} relationship established",
)


def _find_sponsor(context: StepContext) -> Recommendation | None:
    """Somebody above the buyer is looked for where something is going on that is decided above the buyer."""
    sponsor, view = _sponsor(context), context.outputs.of(assessment.KIND)
    cause = next((signal for signal in view.get("signals", []) if signal["kind"] in DECIDED_ABOVE), None)
    if not sponsor or _buyer(context) or cause is None:
        return None
    found = _on_gaps(
        context, 3, "Find an executive sponsor", f"{sponsor[0]['title']}, and {DECIDED_ABOVE[cause['kind']]}.", *sponsor
    )
    field = f"signals.{cause['kind']}"
    return found | {"evidence": [*found["evidence"], view.evidence(field, quote=cause["note"] or None)]}


FIND_SPONSOR = RecommendationKind(
    "find_sponsor", _find_sponsor, CsmWork("Find an executive sponsor", 12, "2 hours", "moderate")
)


def _hand_over_contact(context: StepContext) -> Recommendation | None:
    people = context.outputs.of(stakeholders.KIND)
    person = next((person for person in people.get("departed", []) if person["successor"]), None)
    if person is None:
        return None
    name, successor = person["name"], person["successor"]["name"]
    return recommend(
        2,
        f"Establish {successor} as {name}'s successor",
        f"{name} left; {successor} took over and does not know our history.",
        people.evidence("departed", value=f"{name} → {successor}"),
    )


def successor(context: PlanningContext) -> str:
    """The name of the successor of the first contact who left and has one; there must be one."""
    departed = context.outputs.of(stakeholders.KIND)["departed"]
    return next(person["successor"]["name"] for person in departed if person["successor"])


HAND_OVER_CONTACT = RecommendationKind(
    "hand_over_contact",
    _hand_over_contact,
    CsmWork(lambda context: f"Reschedule the QBR with {successor(context)}", 5, "1 hour"),
    customer_part=lambda context: f"{successor(context)} takes part in the QBR",
    follow_up=(lambda context: f"Follow up on the introduction of {successor(context)}", "Introduction Sent"),
)


def _replace_champion(context: StepContext) -> Recommendation | None:
    gaps = _gaps(context, "missing_champion", "departed_contact")
    return _on_gaps(context, 2, "Win a new champion", gaps[0]["title"] + ".", *gaps) if gaps else None


REPLACE_CHAMPION = RecommendationKind(
    "replace_champion",
    _replace_champion,
    CsmWork(
        "Win a new champion",
        10,
        "2 weeks",
        "complex",
        (
            ("List who uses the product most and speaks well of it", "1 hour", 2),
            ("Meet two of them", "2 hours", 6),
            ("Agree what the champion gains", "1 hour", 9),
        ),
    ),
    follow_up=("Follow up on the search for a new champion", "Champion Search Started"),
)


def _out_of_touch(context: StepContext) -> list[JsonObject]:
    """The gaps of the key contacts who were met once and have not been in touch since, the longest silent first."""
    cards = {card["contactId"]: card for card in context.outputs.of(stakeholders.KIND).get("stakeholders", [])}
    gaps = _gaps(context, "stale_contact")
    return sorted(gaps, key=lambda gap: -(cards[gap["contactId"]]["lastTouchDays"] or 0))


def _refresh_contacts(context: StepContext) -> Recommendation | None:
    gaps = _out_of_touch(context)
    if not gaps:
        return None
    why = "; ".join(gap["title"] for gap in gaps) + "."
    return _on_gaps(context, 3, _speak_with(context), why, *gaps)


def _speak_with(context: StepContext) -> str:
    names = {contact.id: contact.name for contact in context.facts.contacts}
    return f"Get back in touch with {wording.listed([names[gap['contactId']] for gap in _out_of_touch(context)])}"


REFRESH_CONTACTS = RecommendationKind("refresh_contacts", _refresh_contacts, CsmWork(None, 8, "2 hours", "moderate"))
