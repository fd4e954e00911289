"""The REST door of triggers."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import models
from services.workflows import triggers as verbs
from services.workflows.models import idempotency
from services.workflows.schemas.workflows import TriggerArgs, TriggerIn, TriggerPage, TriggerSchema
from shared import clock, ids, web

triggers = Blueprint(
    "triggers", __name__, url_prefix="/api/workflows/triggers", description="Workflows that start on a day."
)


@triggers.get("")
@web.needs("member")
@triggers.arguments(TriggerArgs, location="query")
@triggers.response(200, TriggerPage)
def list_triggers(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's triggers, the next first."""
    return web.page_body(models.triggers.listed(web.by().tenant_id, **asked))


@triggers.post("")
@web.needs("member")
@web.idempotent(idempotency)
@triggers.arguments(TriggerIn)
@triggers.response(201, TriggerSchema)
def add(told: dict[str, Any]) -> Any:
    """Plan a workflow for a day."""
    return verbs.add(web.by(), told, trigger_id=ids.new_id(), now=clock.now())


@triggers.delete("/<trigger_id>")
@web.needs("member")
@triggers.response(204)
def cancel(trigger_id: str) -> None:
    """Take a trigger back."""
    verbs.cancel(web.by(), trigger_id, now=clock.now(), expected=web.if_match())
