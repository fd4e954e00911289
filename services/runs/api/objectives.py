"""The REST door of objectives."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import models
from services.runs import objectives as verbs
from services.runs.api.ledger import objectives_shown, page_of
from services.runs.models import Objective, idempotency
from services.runs.schemas.objectives import ObjectiveArgs, ObjectiveIn, ObjectivePage, ObjectivePatch, ObjectiveSchema
from shared import clock, ids, web

objectives = Blueprint(
    "objectives", __name__, url_prefix="/api/objectives", description="Objectives and their key results."
)


def _shown(row: Objective) -> Any:
    return web.tagged(objectives_shown(row.tenant_id, [row], clock.now())[0], row.version)


@objectives.get("")
@web.needs("member")
@objectives.arguments(ObjectiveArgs, location="query")
@objectives.response(200, ObjectivePage)
def list_objectives(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's objectives, whichever ends first."""
    by = web.by()
    owner = asked.pop("owner")
    page = models.objectives.listed(by.tenant_id, owner=by.id if owner == "me" else owner, **asked)
    return web.page_body(page_of(page, objectives_shown(by.tenant_id, page.items, clock.now())))


@objectives.post("")
@web.needs("member")
@web.idempotent(idempotency)
@objectives.arguments(ObjectiveIn)
@objectives.response(201, ObjectiveSchema)
def add(told: dict[str, Any]) -> Any:
    """Add an objective."""
    return _shown(verbs.create(web.by(), told, objective_id=ids.new_id(), now=clock.now()))


@objectives.get("/<objective_id>")
@web.needs("member")
@objectives.response(200, ObjectiveSchema)
def read(objective_id: str) -> Any:
    """One objective."""
    return _shown(models.objectives.find(web.by().tenant_id, objective_id))


@objectives.patch("/<objective_id>")
@web.needs("member")
@objectives.arguments(ObjectivePatch)
@objectives.response(200, ObjectiveSchema)
def change(told: dict[str, Any], objective_id: str) -> Any:
    """Change an objective, and where its key results stand."""
    return _shown(verbs.change(web.by(), objective_id, told, now=clock.now(), expected=web.if_match()))
