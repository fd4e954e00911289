"""Which CSM tasks a plan proposes: one for each recommendation, with sub-tasks where the work is complex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.workflows.planning.ai_rules import executive, successor
from services.workflows.planning.item import Ground, Item
from shared import ids


@dataclass(frozen=True)
class Work:
    """What a recommendation asks of a CSM: `due` in business days; complex work has `parts`: (title, estimate, due)."""

    title: Callable[[Ground], str]
    due: int
    estimate: str
    complexity: str = "simple"
    parts: tuple[tuple[Callable[[Ground], str], str, int], ...] = ()


def _said(text: str) -> Callable[[Ground], str]:
    return lambda ground: text


def _buyer_is_known(ground: Ground) -> bool:
    return executive(ground) != "economic buyer"


def _meeting(ground: Ground) -> str:
    who = executive(ground)
    return f"Schedule {who} meeting" if _buyer_is_known(ground) else "Find out who signs, and schedule a meeting"


def _introduction(ground: Ground) -> str:
    champion = next((one for one in ground.dossier.contacts if one.role == "champion" and one.status == "active"), None)
    return f"Ask {champion.name} for an introduction" if champion else "Find somebody who introduces us"


WORK: dict[str, Work] = {
    "engage_economic_buyer": Work(
        _meeting,
        10,
        "1 week",
        "complex",
        (
            (lambda ground: f"Research {executive(ground)} background and priorities", "1 hour", 2),
            (lambda ground: f"Prepare the {executive(ground)} value briefing", "3 hours", 4),
            (_introduction, "30 minutes", 3),
            (_said("Send the meeting request with the briefing"), "30 minutes", 5),
        ),
    ),
    "obtain_contract": Work(_said("Get the signed contract and put its text on file"), 3, "1 hour"),
    "decide_before_notice": Work(_said("Agree with the customer before the notice date"), 2, "2 hours", "moderate"),
    "document_value": Work(_said("Document the value delivered, in figures"), 7, "4 hours"),
    "resolve_obstacles": Work(_said("Review the critical contract obstacles with legal"), 8, "2 hours"),
    "hand_over_contact": Work(lambda ground: f"Reschedule the QBR with {successor(ground)}", 5, "1 hour"),
    "replace_champion": Work(
        _said("Win a new champion"),
        10,
        "2 weeks",
        "complex",
        (
            (_said("List who uses the product most and speaks well of it"), "1 hour", 2),
            (_said("Meet two of them"), "2 hours", 6),
            (_said("Agree what the champion gains"), "1 hour", 9),
        ),
    ),
    "competitive_intelligence": Work(_said("Gather intelligence on the competing offer"), 6, "3 hours"),
    "settle_escalation": Work(_said("Close the open escalation and say so to the customer"), 4, "2 hours", "moderate"),
    "raise_adoption": Work(
        _said("Turn the decline in use around"),
        15,
        "3 weeks",
        "complex",
        (
            (_said("Find which teams stopped using it"), "2 hours", 3),
            (_said("Hold a training for them"), "2 hours", 9),
            (_said("Compare the figures after two weeks"), "30 minutes", 15),
        ),
    ),
    "clarify_contract": Work(_said("Have legal read the unclear clauses"), 5, "1 hour"),
    "find_sponsor": Work(_said("Find an executive sponsor"), 12, "2 hours", "moderate"),
    "refresh_contacts": Work(_said("Close the contact gaps"), 8, "2 hours", "moderate"),
    "explore_expansion": Work(_said("Prepare an expansion offer"), 12, "4 hours", "moderate"),
    "align_views": Work(_said("Settle with your lead where the figures and you differ"), 5, "30 minutes"),
    "confirm_course": Work(_said("Confirm the renewal with the customer early"), 10, "1 hour"),
}
CUSTOMER_PART: dict[str, Callable[[Ground], str]] = {
    "engage_economic_buyer": lambda ground: (
        f"{executive(ground)[:1].upper()}{executive(ground)[1:]} attends the value briefing"
    ),
    "hand_over_contact": lambda ground: f"{successor(ground)} takes part in the QBR",
    "obtain_contract": _said("Sends the signed contract"),
    "decide_before_notice": _said("Says whether the contract goes on"),
    "raise_adoption": _said("Sends its teams to the training"),
    "explore_expansion": _said("Says what it would need more of"),
    "confirm_course": _said("Confirms that the contract goes on"),
}
CUSTOMER_AFTER_DAYS = 15


def draft(ground: Ground) -> list[Item]:
    """The CSM tasks of the plan, in the order of the stage's priorities and then of the recommendations."""
    wanted = ground.stage.action_plan.csm_priorities if ground.stage.action_plan else ()
    recommended = ground.output("recommendations").get("recommendations", [])
    ranked = sorted(
        recommended,
        key=lambda one: (one["priority"], wanted.index(one["key"]) if one["key"] in wanted else len(wanted)),
    )
    return [_task(ground, one) for one in ranked if one["key"] in WORK]


def _task(ground: Ground, recommended: dict[str, Any]) -> Item:
    work = WORK[recommended["key"]]
    made = ground.item(
        recommended["key"],
        work.title(ground),
        f"{recommended['title']}. {recommended['why']}",
        priority=recommended["priority"],
        estimate=work.estimate,
        complexity=work.complexity,
        evidence=recommended["evidence"],
        dueDate=ground.in_business_days(work.due).isoformat(),
        subTasks=[],
    )
    made["subTasks"] = [_part(ground, made, number, part) for number, part in enumerate(work.parts, start=1)]
    return made


def _part(ground: Ground, parent: Item, number: int, part: tuple[Callable[[Ground], str], str, int]) -> Item:
    title, estimate, due = part
    return {
        "id": ids.named("plan-item", ground.execution_id, parent["key"], str(number)),
        "title": title(ground),
        "description": "",
        "priority": parent["priority"],
        "estimatedCompletionTime": estimate,
        "complexity": "simple",
        "dueDate": ground.in_business_days(due).isoformat(),
    }


def customers_part(ground: Ground) -> str | None:
    """What the customer itself does next, for the timeline: that which belongs to the most urgent recommendation."""
    for one in ground.output("recommendations").get("recommendations", []):
        if one["key"] in CUSTOMER_PART:
            return CUSTOMER_PART[one["key"]](ground)
    return None
