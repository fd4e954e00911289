"""The rules for the AI tasks of a plan; each returns an item, a reason why it could not make one, or None."""

from __future__ import annotations

from datetime import date

from services.workflows.definition import AiTaskRule, Item, PlanningContext, evidence
from services.workflows.planning import ai_task_previews
from services.workflows.planning.recommendations import recommended_in
from services.workflows.step_kinds import contract_analysis, stakeholders
from shared.ground import wording
from shared.ground.json_types import JsonObject

FOLLOW_UP_AFTER_DAYS = 5
ALERT_DAYS_BEFORE = (30, 14, 7, 1)
SOON = "Within 15 minutes"
LONGEST_MESSAGE = 255


def crm_contact_update(context: PlanningContext) -> Item | str | None:
    """Update the primary contact in the CRM when the primary contact has left and has a successor.

    A successor who is the primary contact here already is told to the CRM too, which may not know it; if it does, it
    changes nothing. The successor of anybody else who left never becomes the primary contact.
    """
    people = context.outputs.of(stakeholders.KIND)
    succeeded = [person for person in people.get("departed", []) if person["successor"]]
    known = (person for person in succeeded if person["successor"]["isPrimary"])
    departed = next((person for person in succeeded if person["wasPrimary"]), None) or next(known, None)
    if departed is None:
        return None
    customer, successor = context.facts.customer, departed["successor"]
    if not (customer.salesforce_opportunity_id and departed["salesforceId"] and successor["salesforceId"]):
        return f"{departed['name']} left, but not all of the CRM's ids of the opportunity and both contacts are known."
    return context.item(
        CRM_CONTACT_UPDATE.key,
        f"Update the primary contact in Salesforce to {successor['name']}",
        f"{departed['name']} left; {successor['name']} takes over, with an activity for the audit trail.",
        priority=1,
        estimate=SOON,
        complexity="simple",
        evidence=[people.evidence("departed", value=f"{departed['name']} → {successor['name']}")],
        processor=CRM_CONTACT_UPDATE.processor,
        metadata={
            "opportunityId": customer.salesforce_opportunity_id,
            "oldContact": {"name": departed["name"], "salesforceId": departed["salesforceId"]},
            "newContact": {"name": successor["name"], "salesforceId": successor["salesforceId"]},
            "updateCustomer": True,
        },
    )


def stakeholder_follow_up(context: PlanningContext) -> Item | str | None:
    """Remind the CSM to follow up on the most urgent recommendation that has a follow-up."""
    followed_up = [
        (kind.follow_up, recommendation) for kind, recommendation in recommended_in(context) if kind.follow_up
    ]
    if not followed_up:
        return None
    (words, done), recommendation = followed_up[0]
    reminder = context.say(words)
    return context.item(
        STAKEHOLDER_FOLLOW_UP.key,
        f"Remind the CSM: {reminder}"[:LONGEST_MESSAGE],
        f"A CSM task stays snoozed for {FOLLOW_UP_AFTER_DAYS} business days and then comes back by itself.",
        priority=2,
        estimate=SOON,
        complexity="simple",
        evidence=recommendation["evidence"],
        processor=STAKEHOLDER_FOLLOW_UP.processor,
        metadata=_with_owner(
            context,
            {
                "daysUntilReminder": FOLLOW_UP_AFTER_DAYS,
                "reminderMessage": reminder[:LONGEST_MESSAGE],
                "reminderPriority": 2,
                "relatedAction": done[:LONGEST_MESSAGE],
                "customerId": context.facts.customer.id,
                "executionId": context.execution_id,
            },
        ),
    )


def contract_deadline(context: PlanningContext) -> Item | str | None:
    """Alert before the last day for notice, the end of the term, or the renewal.

    If sentences contradict each other, the earliest date that lies ahead is used. If the contract mentions a notice
    whose day is unknown, no other date replaces it: a person has to read it.
    """
    contract, today = context.outputs.of(contract_analysis.KIND), context.facts.today
    notice = contract.get("notice") or {}
    readings = [reading for reading in notice.get("candidates", [notice]) if reading.get("noticeDate")]
    coming = sorted(readings, key=lambda reading: reading["noticeDate"])
    coming = [reading for reading in coming if date.fromisoformat(reading["noticeDate"]) > today]
    if coming:
        ground = contract.evidence("notice", quote=coming[0]["sentence"])
        doubt = " The contract contradicts itself; this is the earlier date." if len(readings) > 1 else ""
        return _alert(context, "notice", date.fromisoformat(coming[0]["noticeDate"]), ground, doubt)
    if notice.get("status", "not found") != "not found" and not readings:
        why = notice.get("why") or f"the notice is {notice['period']}, but the end of the term is not clear"
        return f"A person has to read the contract's notice before anybody is alerted of it: {why}."
    end = (contract.get("termEnd") or {}).get("date")
    if end and date.fromisoformat(end) > today:
        return _alert(
            context, "term_end", date.fromisoformat(end), contract.evidence("termEnd", value=wording.day(end))
        )
    renewal = context.facts.customer.renewal_date
    if renewal > today:
        return _alert(context, "renewal", renewal, evidence("customer", "renewalDate", value=wording.day(renewal)))
    return "No date of the contract lies ahead, so there is nothing to be alerted of."


_DEADLINES = {"notice": "the notice date", "term_end": "the end of the term", "renewal": "the renewal date"}


def _alert(context: PlanningContext, kind: str, day: date, ground: JsonObject, doubt: str = "") -> Item:
    left = (day - context.facts.today).days
    what = f"{_DEADLINES[kind]} of the contract with {context.facts.customer.name}"
    return context.item(
        CONTRACT_DEADLINE.key,
        f"Alert before {_DEADLINES[kind]}, {wording.day(day)}",
        f"{what[:1].upper()}{what[1:]} is {wording.day(day)}, in {left} days.{doubt}",
        priority=2,
        estimate=SOON,
        complexity="simple",
        evidence=[ground],
        processor=CONTRACT_DEADLINE.processor,
        metadata=_with_owner(
            context,
            {
                "customerId": context.facts.customer.id,
                "deadline": day.isoformat(),
                "kind": kind,
                "message": f"{what[:1].upper()}{what[1:]}"[:LONGEST_MESSAGE],
                "alertDaysBefore": [before for before in ALERT_DAYS_BEFORE if before <= left] or [left],
            },
        ),
    )


def next_workflow(context: PlanningContext) -> Item | str | None:
    """Schedule the workflow after this one."""
    following = upcoming(context)
    if following is None:
        return None
    return context.item(
        NEXT_WORKFLOW.key,
        f"Schedule {following['name']} for {wording.day(following['estimatedDate'])}",
        f"The {following['name']} workflow starts by itself on {wording.day(following['estimatedDate'])}.",
        priority=3,
        estimate=SOON,
        complexity="simple",
        evidence=[evidence("customer", "renewalDate", value=wording.day(context.facts.customer.renewal_date))],
        processor=NEXT_WORKFLOW.processor,
        metadata={
            "executionId": context.execution_id,
            "customerId": context.facts.customer.id,
            "stage": following["stage"],
            "triggerDate": following["estimatedDate"],
            "conditions": following["conditions"],
        },
    )


def upcoming(context: PlanningContext) -> JsonObject | None:
    """`{name, stage, estimatedDate, conditions}` of the next workflow; None after the last stage."""
    customer, today = context.facts.customer, context.facts.today
    stage = context.next_stage
    if stage is None:
        return None
    conditions = [*context.stage.plan.next_conditions]
    conditions += [context.say(kind.next_condition) for kind, _ in recommended_in(context) if kind.next_condition]
    return {
        "name": stage.renewal,
        "stage": stage.key,
        "estimatedDate": stage.starts_on(customer.renewal_date, today, context.country).isoformat(),
        "conditions": conditions,
    }


def _with_owner(context: PlanningContext, metadata: JsonObject) -> JsonObject:
    return metadata | ({"owner": context.owner} if context.owner else {})


CRM_CONTACT_UPDATE = AiTaskRule(
    "crm_contact_update",
    "salesforce-contact-updater",
    ai_task_previews.crm_contact_update,
    crm_contact_update,
    ai_task_previews.new_primary_contact,
)
CONTRACT_DEADLINE = AiTaskRule(
    "contract_deadline", "contract-deadline-alert", ai_task_previews.contract_deadline, contract_deadline
)
STAKEHOLDER_FOLLOW_UP = AiTaskRule(
    "stakeholder_follow_up",
    "follow-up-reminder-creator",
    ai_task_previews.stakeholder_follow_up,
    stakeholder_follow_up,
)
NEXT_WORKFLOW = AiTaskRule("next_workflow", "workflow-scheduler", ai_task_previews.next_workflow, next_workflow)
SEND_EMAIL = AiTaskRule("send_email", "send-email", ai_task_previews.send_email)
CALENDAR_INVITE = AiTaskRule("calendar_invite", "calendar-invite", ai_task_previews.calendar_invite)

RULES = (CRM_CONTACT_UPDATE, CONTRACT_DEADLINE, STAKEHOLDER_FOLLOW_UP, NEXT_WORKFLOW, SEND_EMAIL, CALENDAR_INVITE)
_BY_PROCESSOR = {rule.processor: rule for rule in RULES}


def of_processor(name: str | None) -> AiTaskRule | None:
    """The kind of AI task that this processor does, if it is one of these."""
    return _BY_PROCESSOR.get(name or "")
