"""The rules planner: drafts the action plan from the outputs of the steps, without any AI model."""

from __future__ import annotations

from services.workflows.definition import Item, PlanningContext
from services.workflows.planning import ai_task_previews, ai_task_rules, csm_task_rules, effective_plan
from services.workflows.planning.recommendations import held_back
from services.workflows.step_kinds import assessment, contract_analysis, pricing, recommendations, stakeholders
from shared.ground import wording
from shared.ground.json_types import JsonObject

HELD_BACK = "The customer has been put on hold since this was recommended, and nothing may reach it:"


def draft(context: PlanningContext) -> JsonObject:
    """`{summary, aiTasks, csmTasks, startsOn, timeline, nextWorkflow, issues}`; the same context always gives the same plan.

    A rule that found a cause but could not make its item says so in `issues`, as `{item, reason}`; `item` is its key.
    """
    ai_tasks, issues = _ai_tasks(context)
    csm_tasks = csm_task_rules.draft(context)
    following = ai_task_rules.upcoming(context)
    decisions = _decisions(context, {item["key"]: item["id"] for item in [*ai_tasks, *csm_tasks]})
    plan: JsonObject = {
        "summary": {
            "completed": _completed(context),
            "keyDecisions": [decision["text"] for decision in decisions],
            "decisions": decisions,
            "metrics": _metrics(context),
        },
        "aiTasks": ai_tasks,
        "csmTasks": csm_tasks,
        "startsOn": context.facts.today.isoformat(),
        "timeline": _customers_entries(context),
        "nextWorkflow": following,
        "issues": issues,
    }
    return plan | {"timeline": effective_plan.timeline(plan, following)}


def _ai_tasks(context: PlanningContext) -> tuple[list[Item], list[dict[str, str]]]:
    items: list[Item] = []
    issues = []
    for rule in context.stage.plan.ai_tasks:
        proposal = rule.propose(context)
        if isinstance(proposal, str):
            issues.append({"item": rule.key, "reason": proposal})
        elif proposal:
            items.append(proposal)
    if held := held_back(context):
        issues.append({"item": "hold", "reason": f"{HELD_BACK} {'; '.join(held)}."})
    return items, issues


def _completed(context: PlanningContext) -> list[str]:
    done = [step["summary"] or step["title"] for step in context.steps if step["status"] == "completed"]
    return done + [f"{step['title']}: skipped" for step in context.steps if step["status"] == "skipped"]


def _decisions(context: PlanningContext, item_of: dict[str, str]) -> list[JsonObject]:
    """The key decisions, as `{text, item, done?, titled?}`: `item` is the item that the decision is about, `done` the
    text once that item is done, `titled` the words before the item's title if a person has edited the item
    (planning/effective_plan.py)."""
    decisions: list[JsonObject] = []
    price, contract = context.outputs.of(pricing.KIND), context.outputs.of(contract_analysis.KIND)
    if price.get("target"):
        target = f"{wording.money(price['target'], price['currency'])} ({price['increasePercent']:+.1f} %)"
        decisions.append(_decision(f"Target price {target}"))
    if day := (contract.get("notice") or {}).get("noticeDate"):
        decisions.append(_decision(f"Notice date {wording.day(day)} is the deadline of the contract"))
    for person in context.outputs.of(stakeholders.KIND).get("departed", []):
        if person["successor"] and person["wasPrimary"]:
            decisions.append(_primary_contact(context, person, item_of))
    advice = context.outputs.of(recommendations.KIND)
    if findings := advice.get("findings"):
        first = next(iter(advice["recommendations"]), {"key": ""})
        decisions.append(_decision(findings["action"], item_of.get(first["key"]), titled="Highest priority:"))
    return decisions


def _decision(text: str, item: str | None = None, **more: str) -> JsonObject:
    return {"text": text, "item": item, **more}


def _primary_contact(context: PlanningContext, departed: JsonObject, item_of: dict[str, str]) -> JsonObject:
    """The decision on the new primary contact: a fact if the contacts have it already, else once the AI task that
    updates it is done."""
    successor = departed["successor"]
    planned, fact = ai_task_previews.new_primary_contact({"oldContact": departed, "newContact": successor})
    if any(contact.id == successor["contactId"] and contact.is_primary for contact in context.facts.contacts):
        return _decision(fact)
    return _decision(planned, item_of.get(ai_task_rules.CRM_CONTACT_UPDATE.key), done=fact)


def _metrics(context: PlanningContext) -> list[JsonObject]:
    """The metrics of the three cards: ARR, relationship, and days to renewal."""
    customer, price = context.facts.customer, context.outputs.of(pricing.KIND)
    view = context.outputs.of(assessment.KIND)
    target = (
        f"{wording.money(price['target'], customer.currency)} target ({price['increasePercent']:+.1f} %)"
        if price.get("target")
        else "no target"
    )
    return [
        {
            "key": "arr",
            "label": "Current ARR",
            "value": wording.money(customer.arr, customer.currency),
            "detail": target,
        },
        {
            "key": "relationship",
            "label": "Relationship",
            "value": f"{view['relationshipScore']}/10" if view else "not assessed",
            "detail": f"{view['confidenceScore']}/10 confidence, {view['csmRisk']} risk"
            if view
            else f"health score {customer.health_score}",
        },
        {
            "key": "renewal",
            "label": "Days to renewal",
            "value": str(context.facts.days_to_renewal),
            "detail": f"renewal on {wording.day(customer.renewal_date)}",
        },
    ]


def _customers_entries(context: PlanningContext) -> list[JsonObject]:
    """The customer's own step, which follows from no item."""
    theirs = csm_task_rules.customers_part(context)
    day = context.in_business_days(csm_task_rules.CUSTOMER_AFTER_DAYS).isoformat()
    return effective_plan.numbered([(day, "Customer", theirs)] if theirs else [])
