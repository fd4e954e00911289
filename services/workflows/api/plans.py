"""The REST API of action plans."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import finalizing
from services.workflows import plans as verbs
from services.workflows.api.showing import plan_shown
from services.workflows.commands import EditPlan
from services.workflows.schemas.plans import FinalizeAnswer, FinalizeIn, GenerateIn, PlanEdit, PlanSchema
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.web import callers, entity_tags

plans = Blueprint(
    "action_plans",
    __name__,
    url_prefix="/api/workflows/executions/<execution_id>/action-plan",
    description="The plan that an execution ends in.",
)


def _shown(by: Principal, execution_id: str) -> Any:
    plan, body = verbs.view(by.tenant_id, execution_id)
    return entity_tags.tagged(
        {"executionId": execution_id, "version": plan.version, **plan_shown(body, by)}, plan.version
    )


@plans.get("")
@callers.needs("member")
@plans.response(200, PlanSchema)
def read(execution_id: str) -> Any:
    """The plan: a draft with what is wrong with its items, or a finalized one with what its tasks came to."""
    return _shown(callers.by(), execution_id)


@plans.post("/generate")
@callers.needs("member")
@plans.arguments(GenerateIn)
@plans.response(200, PlanSchema)
def generate(data: dict[str, Any], execution_id: str) -> Any:
    """Draft the plan; what people edited or decided before stays."""
    by = callers.by()
    verbs.generate(by, execution_id, data["planner"], now=clock.now(), expected=entity_tags.if_match())
    return _shown(by, execution_id)


@plans.patch("")
@callers.needs("member")
@plans.arguments(PlanEdit)
@plans.response(200, PlanSchema)
def edit(command: EditPlan, execution_id: str) -> Any:
    """Edit, approve or reject items; an entry without an id is a new item."""
    by = callers.by()
    verbs.edit(
        by,
        execution_id,
        command,
        new_id=lambda: _new_item_id(execution_id),
        now=clock.now(),
        expected=entity_tags.if_match(),
    )
    return _shown(by, execution_id)


def _new_item_id(execution_id: str) -> str:
    """The id of an item that a person adds: name-based like those of the draft, so that no caller of the executor can
    choose it."""
    return ids.named("plan-item", execution_id, ids.new_id())


@plans.post("/finalize")
@callers.needs("member")
@plans.arguments(FinalizeIn)
@plans.response(200, FinalizeAnswer)
def finalize(data: dict[str, Any], execution_id: str) -> Any:
    """Create the tasks, queue the AI ones, and complete the execution; twice is once."""
    return finalizing.finalize(callers.by(), execution_id, **data, now=clock.now(), expected=entity_tags.if_match())
