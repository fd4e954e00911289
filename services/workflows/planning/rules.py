"""The rules planner: a draft of the action plan from what the steps found, without any model."""

from __future__ import annotations

from typing import Any

from services.workflows.planning import ai_rules, csm_rules
from services.workflows.planning.item import Ground, Item


def draft(ground: Ground) -> dict[str, Any]:
    """`{summary, aiTasks, csmTasks, timeline, nextWorkflow, issues}`; the same ground always gives the same plan.

    A rule that found a cause but could not make its item says so in `issues`, as `{item, reason}`.
    """
    ai_tasks, issues = _ai_tasks(ground)
    csm_tasks = csm_rules.draft(ground)
    following = ai_rules.upcoming(ground)
    return {
        "summary": {"completed": _completed(ground), "keyDecisions": _decisions(ground), "metrics": _metrics(ground)},
        "aiTasks": ai_tasks,
        "csmTasks": csm_tasks,
        "timeline": _timeline(ground, ai_tasks, csm_tasks, following),
        "nextWorkflow": following,
        "issues": issues,
    }


def _ai_tasks(ground: Ground) -> tuple[list[Item], list[dict[str, str]]]:
    wanted = ground.stage.action_plan.ai_priorities if ground.stage.action_plan else ()
    made: list[Item] = []
    issues = []
    for key in sorted(ai_rules.RULES, key=lambda key: wanted.index(key) if key in wanted else len(wanted)):
        answer = ai_rules.RULES[key](ground)
        if isinstance(answer, str):
            issues.append({"item": key, "reason": answer})
        elif answer:
            made.append(answer)
    return made, issues


def _completed(ground: Ground) -> list[str]:
    done = [step["summary"] or step["title"] for step in ground.steps if step["status"] == "completed"]
    return done + [f"{step['title']}: skipped" for step in ground.steps if step["status"] == "skipped"]


def _decisions(ground: Ground) -> list[str]:
    """What the steps settled, as sentences for the page."""
    decisions = []
    pricing, contract = ground.output("pricing"), ground.output("contract_analysis")
    if pricing.get("target"):
        decisions.append(
            f"Target price {pricing['currency']} {float(pricing['target']):,.0f} ({pricing['increasePercent']:+.1f} %)"
        )
    if day := (contract.get("notice") or {}).get("noticeDate"):
        decisions.append(f"Notice date {day} is the deadline of the contract")
    for one in ground.output("stakeholders").get("departed", []):
        if one["successor"]:
            decisions.append(f"{one['successor']['name']} is the primary contact in place of {one['name']}")
    findings = ground.output("recommendations").get("findings")
    return decisions + ([findings["action"]] if findings else [])


def _metrics(ground: Ground) -> list[dict[str, Any]]:
    """The three cards: the money, the people, the time."""
    customer, pricing, view = ground.dossier.customer, ground.output("pricing"), ground.output("assessment")
    target = (
        f"{customer.currency} {float(pricing['target']):,.0f} target ({pricing['increasePercent']:+.1f} %)"
        if pricing.get("target")
        else "no target"
    )
    return [
        {"key": "arr", "label": "Current ARR", "value": f"{customer.currency} {customer.arr:,.0f}", "detail": target},
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
            "value": str(ground.dossier.days_to_renewal),
            "detail": f"renewal on {customer.renewal_date.isoformat()}",
        },
    ]


def _timeline(
    ground: Ground, ai_tasks: list[Item], csm_tasks: list[Item], following: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """`[{order, date, owner, action}]` by date: AI tasks at once, CSM tasks when due, the customer, what follows."""
    entries = []
    if ai_tasks:
        action = f"{len(ai_tasks)} AI task{'' if len(ai_tasks) == 1 else 's'} run by themselves"
        entries.append((ground.dossier.today.isoformat(), "AI", action))
    entries += [(task["dueDate"], "CSM", task["title"]) for task in csm_tasks]
    if theirs := csm_rules.customers_part(ground):
        entries.append((ground.in_business_days(csm_rules.CUSTOMER_AFTER_DAYS).isoformat(), "Customer", theirs))
    if following:
        entries.append((following["estimatedDate"], "AI", f"{following['name']} workflow starts"))
    entries.sort(key=lambda entry: entry[0])
    return [
        {"order": order, "date": day, "owner": owner, "action": action}
        for order, (day, owner, action) in enumerate(entries, start=1)
    ]
