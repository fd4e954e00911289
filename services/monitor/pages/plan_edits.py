"""Sends what a person decides and edits of a plan to workflows, and says how an item reads that somebody else changed."""

from __future__ import annotations

from typing import Any

from flask import request

from services.monitor.pages import api_client, plan_view
from shared.contracts.action_plans import ITEM_LISTS
from shared.ground.errors import NotFound, Stale
from shared.ground.json_types import JsonObject
from shared.web import callers


class ItemChanged(Stale):
    """Somebody else changed the item since the form was shown. The message says how it reads now."""


def plan_of(execution_id: str) -> JsonObject:
    """The plan as it is now. NotFound without one."""
    plan = plan_view.find(callers.by(), execution_id)
    if plan is None:
        raise NotFound("This renewal has no action plan yet.")
    return plan


def item_of(plan: JsonObject, item_id: str) -> tuple[str, JsonObject]:
    """The list that an item is in, and the item. NotFound for an item of another plan."""
    for name in ITEM_LISTS:
        for item in plan[name]:
            if item["id"] == item_id:
                return name, item
    raise NotFound("The plan has no such item.")


def change(execution_id: str, item_id: str, **fields: Any) -> JsonObject:
    """Change one item; the plan afterwards.

    Another item that somebody changed meanwhile is no reason to stop. ItemChanged if it is this one.
    """
    plan = plan_of(execution_id)
    name, item = item_of(plan, item_id)
    edits = {name: [{"id": item_id, **fields}]}
    version = request.form.get("version")
    if version and version != str(plan.get("version")):
        if plan_view.mark_of(item) != request.form.get("seen"):
            raise ItemChanged(f"Somebody changed this item: it now reads {plan_view.reads(item)}.")
        version = str(plan["version"])
    return patch(execution_id, edits, version, strict=fields.get("decision") not in ("rejected", "proposed"))


def patch(execution_id: str, edits: JsonObject, version: str | None, *, strict: bool = True) -> JsonObject:
    """Send edits. Stale if the plan is no longer of this version; if they are strict, Invalid naming the field where
    finalize would refuse an item."""
    answer: JsonObject = api_client.send(
        "workflows", "PATCH", plan_view.path(execution_id), edits | {"strict": strict}, version=version
    )
    return answer
