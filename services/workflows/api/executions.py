"""The REST API of workflow executions and their steps."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import executions as verbs
from services.workflows import models, steps
from services.workflows.api.showing import execution_shown, executions_shown, page_of, step_shown
from services.workflows.models import Execution, Step, idempotency
from services.workflows.schemas.workflows import (
    CompleteIn,
    ExecutionArgs,
    ExecutionDetail,
    ExecutionIn,
    ExecutionPage,
    SkipIn,
    StepSchema,
)
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

executions = Blueprint(
    "executions", __name__, url_prefix="/api/workflows/executions", description="Workflows with customers."
)


def _shown(row: Execution) -> Any:
    return entity_tags.tagged(execution_shown(row), row.version)


def _step(row: Step) -> Any:
    return step_shown(row)


@executions.get("")
@callers.needs("member")
@executions.arguments(ExecutionArgs, location="query")
@executions.response(200, ExecutionPage)
def list_executions(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's executions, newest first."""
    page = models.executions.listed(callers.by().tenant_id, **filters)
    return list_pages.page_body(page_of(page, executions_shown(callers.by().tenant_id, page.items)))


@executions.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@executions.arguments(ExecutionIn)
@executions.response(201, ExecutionDetail)
def start(data: dict[str, Any]) -> Any:
    """Start a workflow; without a stage, the one that the days to renewal call for."""
    by, now = callers.by(), clock.now()
    return _shown(verbs.start(by, data["customer_id"], data["stage"], execution_id=ids.new_id(), now=now))


@executions.get("/<execution_id>")
@callers.needs("member")
@executions.response(200, ExecutionDetail)
def read(execution_id: str) -> Any:
    """One execution with its steps and their outputs."""
    return _shown(models.executions.get(callers.by().tenant_id, execution_id))


@executions.post("/<execution_id>/steps/<step_id>/start")
@callers.needs("member")
@executions.response(200, StepSchema)
def start_step(execution_id: str, step_id: str) -> Any:
    """Begin a step in its turn."""
    return _step(steps.start(callers.by(), execution_id, step_id, now=clock.now(), expected=entity_tags.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/complete")
@callers.needs("member")
@executions.arguments(CompleteIn)
@executions.response(200, StepSchema)
def complete_step(data: dict[str, Any], execution_id: str, step_id: str) -> Any:
    """Compute the step's output and open the next."""
    by, entered = callers.by(), data["input"]
    return _step(steps.complete(by, execution_id, step_id, entered, now=clock.now(), expected=entity_tags.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/skip")
@callers.needs("member")
@executions.arguments(SkipIn)
@executions.response(200, StepSchema)
def skip_step(data: dict[str, Any], execution_id: str, step_id: str) -> Any:
    """Pass over a step."""
    by, reason = callers.by(), data["reason"]
    return _step(steps.skip(by, execution_id, step_id, now=clock.now(), reason=reason, expected=entity_tags.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/reset")
@callers.needs("member")
@executions.response(200, StepSchema)
def reset_step(execution_id: str, step_id: str) -> Any:
    """Take a step back, and all that was computed from it."""
    return _step(steps.reset(callers.by(), execution_id, step_id, now=clock.now(), expected=entity_tags.if_match()))
