"""The REST API of triggers."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import models
from services.workflows import triggers as verbs
from services.workflows.commands import ScheduleWorkflow
from services.workflows.models import idempotency
from services.workflows.schemas.workflows import TriggerArgs, TriggerIn, TriggerPage, TriggerSchema
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

triggers = Blueprint(
    "triggers", __name__, url_prefix="/api/workflows/triggers", description="Workflows that start on a day."
)


@triggers.get("")
@callers.needs("member")
@triggers.arguments(TriggerArgs, location="query")
@triggers.response(200, TriggerPage)
def list_triggers(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's triggers, the next first."""
    return list_pages.page_body(models.triggers.listed(callers.by().tenant_id, **filters))


@triggers.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@triggers.arguments(TriggerIn)
@triggers.response(201, TriggerSchema)
def add(command: ScheduleWorkflow) -> Any:
    """Plan a workflow for a day."""
    return verbs.add(callers.by(), command, trigger_id=ids.new_id(), now=clock.now())


@triggers.delete("/<trigger_id>")
@callers.needs("member")
@triggers.response(204)
def cancel(trigger_id: str) -> None:
    """Take a trigger back."""
    verbs.cancel(callers.by(), trigger_id, now=clock.now(), expected=entity_tags.if_match())
