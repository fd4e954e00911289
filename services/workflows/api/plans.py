"""The REST door of action plans."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import finalizing
from services.workflows import plans as verbs
from services.workflows.schemas.plans import FinalizeAnswer, GenerateIn, PlanEdit, PlanSchema
from shared import clock, ids, web

plans = Blueprint(
    "action_plans",
    __name__,
    url_prefix="/api/workflows/executions/<execution_id>/action-plan",
    description="The plan that an execution ends in.",
)


def _shown(tenant_id: str, execution_id: str) -> Any:
    plan, body = verbs.view(tenant_id, execution_id)
    return web.tagged({"executionId": execution_id, "version": plan.version, **body}, plan.version)


@plans.get("")
@web.needs("member")
@plans.response(200, PlanSchema)
def read(execution_id: str) -> Any:
    """The plan: a draft with what is wrong with its items, or a finalized one with what its tasks came to."""
    return _shown(web.by().tenant_id, execution_id)


@plans.post("/generate")
@web.needs("member")
@plans.arguments(GenerateIn)
@plans.response(200, PlanSchema)
def generate(told: dict[str, Any], execution_id: str) -> Any:
    """Draft the plan; what people edited or decided before stays."""
    by = web.by()
    verbs.generate(by, execution_id, told["planner"], now=clock.now(), expected=web.if_match())
    return _shown(by.tenant_id, execution_id)


@plans.patch("")
@web.needs("member")
@plans.arguments(PlanEdit)
@plans.response(200, PlanSchema)
def edit(told: dict[str, Any], execution_id: str) -> Any:
    """Edit, approve or reject items; an entry without an id is a new item."""
    by = web.by()
    changes = PlanEdit().dump(told)
    verbs.edit(by, execution_id, changes, new_id=ids.new_id, now=clock.now(), expected=web.if_match())
    return _shown(by.tenant_id, execution_id)


@plans.post("/finalize")
@web.needs("member")
@plans.response(200, FinalizeAnswer)
def finalize(execution_id: str) -> Any:
    """Create the tasks, queue the AI ones, and complete the execution; twice is once."""
    return finalizing.finalize(web.by(), execution_id, now=clock.now(), expected=web.if_match())
