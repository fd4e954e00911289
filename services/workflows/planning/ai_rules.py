"""Which AI tasks a plan proposes; each rule answers an item, a reason why it could not make one, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from services.workflows.analysis.advice import evidence
from services.workflows.planning import dates
from services.workflows.planning.item import Ground, Item

FOLLOW_UP_AFTER_DAYS = 5
ALERT_DAYS_BEFORE = (30, 14, 7, 1)
SOON = "Within 15 minutes"
LONGEST_MESSAGE = 255


def crm_contact_update(ground: Ground) -> Item | str | None:
    """The primary contact left and somebody took over: the CRM should know."""
    departed = next((one for one in ground.output("stakeholders").get("departed", []) if one["successor"]), None)
    if departed is None:
        return None
    customer, successor = ground.dossier.customer, departed["successor"]
    if not (customer.opportunity_id and departed["salesforceId"] and successor["salesforceId"]):
        return f"{departed['name']} left, but not all of the CRM's ids of the opportunity and both contacts are known."
    return ground.item(
        "crm_contact_update",
        f"Update the primary contact in Salesforce to {successor['name']}",
        f"{departed['name']} left; {successor['name']} takes over, with an activity for the audit trail.",
        priority=1,
        estimate=SOON,
        complexity="simple",
        evidence=[evidence("stakeholders", "departed", value=f"{departed['name']} → {successor['name']}")],
        processor="salesforce-contact-updater",
        metadata={
            "opportunityId": customer.opportunity_id,
            "oldContact": {"name": departed["name"], "salesforceId": departed["salesforceId"]},
            "newContact": {"name": successor["name"], "salesforceId": successor["salesforceId"]},
            "updateCustomer": True,
        },
    )


def stakeholder_follow_up(ground: Ground) -> Item | str | None:
    """The first approach to whoever is missing or new should not be forgotten."""
    for one in ground.output("recommendations").get("recommendations", []):
        if one["key"] in _FOLLOWED_UP:
            asked, done = _FOLLOWED_UP[one["key"]](ground)
            break
    else:
        return None
    return ground.item(
        "stakeholder_follow_up",
        f"Remind the CSM: {asked}"[:LONGEST_MESSAGE],
        f"A CSM task stays snoozed for {FOLLOW_UP_AFTER_DAYS} business days and then comes back by itself.",
        priority=2,
        estimate=SOON,
        complexity="simple",
        evidence=one["evidence"],
        processor="follow-up-reminder-creator",
        metadata=_with_owner(
            ground,
            {
                "daysUntilReminder": FOLLOW_UP_AFTER_DAYS,
                "reminderMessage": asked[:LONGEST_MESSAGE],
                "reminderPriority": 2,
                "relatedAction": done[:LONGEST_MESSAGE],
                "customerId": ground.dossier.customer.id,
                "executionId": ground.execution_id,
            },
        ),
    )


def executive(ground: Ground) -> str:
    """How the person behind the economic buyer's gap is called: a short title, else the name, else the role."""
    gap = next((gap for gap in ground.output("stakeholders").get("gaps", []) if gap["role"] == "economic_buyer"), None)
    person = next((one for one in ground.dossier.contacts if gap and one.id == gap["contactId"]), None)
    if person is None:
        return "economic buyer"
    return person.title if 0 < len(person.title) <= 30 else person.name


def successor(ground: Ground) -> str:
    """Who took over from whoever left."""
    return next(one["successor"]["name"] for one in ground.output("stakeholders")["departed"] if one["successor"])


_FOLLOWED_UP: dict[str, Callable[[Ground], tuple[str, str]]] = {
    "engage_economic_buyer": lambda ground: (
        f"Follow up on {executive(ground)} meeting request",
        "Meeting Request Sent",
    ),
    "hand_over_contact": lambda ground: (f"Follow up on the introduction of {successor(ground)}", "Introduction Sent"),
    "replace_champion": lambda ground: ("Follow up on the search for a new champion", "Champion Search Started"),
}


def contract_deadline(ground: Ground) -> Item | str | None:
    """The last day for notice, the end of the term or the renewal is not missed.

    Where sentences contradict one another, the earlier date is the safe one.
    """
    contract, today = ground.output("contract_analysis"), ground.dossier.today
    notice = contract.get("notice") or {}
    readings = [one for one in notice.get("candidates", [notice]) if one.get("noticeDate")]
    coming = sorted(readings, key=lambda one: one["noticeDate"])
    coming = [one for one in coming if date.fromisoformat(one["noticeDate"]) > today]
    if coming:
        said = evidence("contract_analysis", "notice", quote=coming[0]["sentence"])
        doubt = " The contract contradicts itself; this is the earlier date." if len(readings) > 1 else ""
        return _alert(ground, "notice", date.fromisoformat(coming[0]["noticeDate"]), said, doubt)
    end = (contract.get("termEnd") or {}).get("date")
    if end and date.fromisoformat(end) > today:
        return _alert(ground, "term_end", date.fromisoformat(end), evidence("contract_analysis", "termEnd", value=end))
    renewal = ground.dossier.customer.renewal_date
    if renewal > today:
        return _alert(ground, "renewal", renewal, evidence("customer", "renewalDate", value=renewal.isoformat()))
    return "No date of the contract lies ahead, so there is nothing to be alerted of."


_DEADLINES = {"notice": "the notice date", "term_end": "the end of the term", "renewal": "the renewal date"}


def _alert(ground: Ground, kind: str, day: date, said: dict[str, Any], doubt: str = "") -> Item:
    left = (day - ground.dossier.today).days
    what = f"{_DEADLINES[kind]} of the contract with {ground.dossier.customer.name}"
    return ground.item(
        "contract_deadline",
        f"Alert before {_DEADLINES[kind]}, {day.isoformat()}",
        f"{what[:1].upper()}{what[1:]} is {day.isoformat()}, in {left} days.{doubt}",
        priority=2,
        estimate=SOON,
        complexity="simple",
        evidence=[said],
        processor="contract-deadline-alert",
        metadata=_with_owner(
            ground,
            {
                "customerId": ground.dossier.customer.id,
                "deadline": day.isoformat(),
                "kind": kind,
                "message": f"{what[:1].upper()}{what[1:]}"[:LONGEST_MESSAGE],
                "alertDaysBefore": [before for before in ALERT_DAYS_BEFORE if before <= left] or [left],
            },
        ),
    )


def next_workflow(ground: Ground) -> Item | str | None:
    """The workflow after this one starts by itself on its day."""
    following = upcoming(ground)
    if following is None:
        return None
    return ground.item(
        "next_workflow",
        f"Schedule {following['name']} for {following['estimatedDate']}",
        f"The {following['name']} workflow starts by itself on {following['estimatedDate']}.",
        priority=3,
        estimate=SOON,
        complexity="simple",
        evidence=[evidence("customer", "renewalDate", value=ground.dossier.customer.renewal_date.isoformat())],
        processor="workflow-scheduler",
        metadata={
            "executionId": ground.execution_id,
            "customerId": ground.dossier.customer.id,
            "stage": following["stage"],
            "triggerDate": following["estimatedDate"],
            "conditions": following["conditions"],
        },
    )


def upcoming(ground: Ground) -> dict[str, Any] | None:
    """`{name, stage, estimatedDate, conditions}` of the next workflow; None after the last stage."""
    customer, today = ground.dossier.customer, ground.dossier.today
    stage = dates.next_stage(ground.stage, customer.renewal_date, today)
    if stage is None:
        return None
    recommended = {one["key"] for one in ground.output("recommendations").get("recommendations", [])}
    conditions = list(ground.stage.action_plan.next_conditions) if ground.stage.action_plan else []
    if "engage_economic_buyer" in recommended:
        conditions.append(f"{executive(ground)[:1].upper()}{executive(ground)[1:]} relationship established")
    if "resolve_obstacles" in recommended:
        conditions.append("Critical contract obstacles reviewed with legal")
    if "obtain_contract" in recommended:
        conditions.append("Contract on file")
    return {
        "name": f"{stage.name} Renewal",
        "stage": stage.key,
        "estimatedDate": dates.next_start(stage, customer.renewal_date, today, ground.country).isoformat(),
        "conditions": conditions,
    }


def _with_owner(ground: Ground, metadata: dict[str, Any]) -> dict[str, Any]:
    return metadata | ({"owner": ground.owner} if ground.owner else {})


RULES: dict[str, Callable[[Ground], Item | str | None]] = {
    "crm_contact_update": crm_contact_update,
    "contract_deadline": contract_deadline,
    "stakeholder_follow_up": stakeholder_follow_up,
    "next_workflow": next_workflow,
}
