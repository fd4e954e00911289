"""Reviewing a draft: edit its items, approve or reject them, add others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import models, plans, states
from services.workflows.models import Plan, acts, feed
from services.workflows.planning.item import Item
from shared import ids
from shared.acts import By
from shared.errors import Invalid

MOST_ITEMS = 1_000
CONTENT = frozenset(
    {
        "title",
        "description",
        "priority",
        "estimatedCompletionTime",
        "complexity",
        "processor",
        "metadata",
        "dueDate",
        "owner",
        "subTasks",
    }
)
BLANK: Item = {
    "key": None,
    "title": "",
    "description": "",
    "priority": 3,
    "estimatedCompletionTime": None,
    "complexity": "simple",
    "evidence": [],
    "decision": "proposed",
    "reason": None,
}


def edit(by: By, execution_id: str, edits: dict[str, Any], *, now: datetime, expected: int | None = None) -> Plan:
    """Edit, approve or reject items: `{aiTasks: [{id, ...}], csmTasks: [{id, ...}]}`, with only what changes of each.

    An entry without an id is a new item. NotFound; Stale; Conflict once the plan is finalized; Invalid names an id
    that the
    plan does not have.
    """
    with feed.transaction():
        execution = models.executions.alone(by.tenant_id, execution_id)
        plan = models.plans.find(by.tenant_id, execution_id)
        plan.expect(expected)
        states.PLAN.after("edit", plan.status)
        plans.require_in_progress(execution)
        body = dict(plan.body)
        for name in plans.LISTS:
            body[name] = _edited(name, body[name], edits.get(name, []))
        plan.write(body=body, updated_at=now)
        models.executions.mark(execution)
        acts.record(by, "edited action plan", "workflow-execution", execution.id, now=now, details=_told(edits))
        return plan


def _edited(name: str, items: list[Item], edits: list[dict[str, Any]]) -> list[Item]:
    by_id = {item["id"]: dict(item) for item in items}
    for number, change in enumerate(edits):
        item_id = change.get("id") or ids.new_id()
        if change.get("id") and item_id not in by_id:
            raise Invalid("The plan has no such item.", errors={f"{name}.{number}.id": ["The plan has no such item."]})
        before = by_id.get(item_id) or BLANK | {"id": item_id} | ({"subTasks": []} if name == "csmTasks" else {})
        by_id[item_id] = before | change | {"id": item_id}
        if CONTENT & set(change):
            by_id[item_id]["edited"] = True
        if "subTasks" in change:
            by_id[item_id]["subTasks"] = [_sub_task(sub, before) for sub in change["subTasks"]]
    if len(by_id) > MOST_ITEMS:
        raise Invalid("The plan has too many items.", errors={name: [f"At most {MOST_ITEMS} items."]})
    return list(by_id.values())


def _sub_task(sub: Item, parent: Item) -> Item:
    known = next((one for one in parent.get("subTasks") or [] if one["id"] == sub.get("id")), None)
    blank = {
        "title": "",
        "description": "",
        "priority": parent["priority"],
        "estimatedCompletionTime": None,
        "complexity": "simple",
        "dueDate": None,
    }
    return (known or blank) | sub | {"id": known["id"] if known else ids.new_id()}


def _told(edits: dict[str, Any]) -> dict[str, Any]:
    """What the trail keeps of an edit: which items, and what was decided."""
    return {
        name: [
            {"id": one.get("id"), "decision": one.get("decision"), "reason": one.get("reason")} for one in edits[name]
        ]
        for name in plans.LISTS
        if edits.get(name)
    }
