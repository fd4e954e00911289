"""The REST API of objectives."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import models
from services.runs import objectives as verbs
from services.runs.api.serialization import objectives_shown, page_of
from services.runs.models import Objective, idempotency
from services.runs.objectives import ChangeObjective, CreateObjective
from services.runs.schemas.objectives import ObjectiveArgs, ObjectiveIn, ObjectivePage, ObjectivePatch, ObjectiveSchema
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

objectives = Blueprint(
    "objectives", __name__, url_prefix="/api/objectives", description="Objectives and their key results."
)


def _shown(row: Objective) -> Any:
    return entity_tags.tagged(objectives_shown(row.tenant_id, [row], clock.now())[0], row.version)


@objectives.get("")
@callers.needs("member")
@objectives.arguments(ObjectiveArgs, location="query")
@objectives.response(200, ObjectivePage)
def list_objectives(args: dict[str, Any]) -> dict[str, Any]:
    """The tenant's objectives, whichever ends first."""
    by = callers.by()
    owner = args.pop("owner")
    page = models.objectives.listed(by.tenant_id, owner=by.id if owner == "me" else owner, **args)
    return list_pages.page_body(page_of(page, objectives_shown(by.tenant_id, page.items, clock.now())))


@objectives.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@objectives.arguments(ObjectiveIn)
@objectives.response(201, ObjectiveSchema)
def add(command: CreateObjective) -> Any:
    """Add an objective."""
    return _shown(verbs.create(callers.by(), command, objective_id=ids.new_id(), now=clock.now()))


@objectives.get("/<objective_id>")
@callers.needs("member")
@objectives.response(200, ObjectiveSchema)
def read(objective_id: str) -> Any:
    """One objective."""
    return _shown(models.objectives.find(callers.by().tenant_id, objective_id))


@objectives.patch("/<objective_id>")
@callers.needs("member")
@objectives.arguments(ObjectivePatch)
@objectives.response(200, ObjectiveSchema)
def change(command: ChangeObjective, objective_id: str) -> Any:
    """Change an objective, and where its key results stand."""
    return _shown(verbs.change(callers.by(), objective_id, command, now=clock.now(), expected=entity_tags.if_match()))
