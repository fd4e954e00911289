"""The REST door of workflow executions and their steps."""

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
from shared import clock, ids, web

executions = Blueprint(
    "executions", __name__, url_prefix="/api/workflows/executions", description="Workflows with customers."
)


def _shown(row: Execution) -> Any:
    return web.tagged(execution_shown(row), row.version)


def _step(row: Step) -> Any:
    return step_shown(row)


@executions.get("")
@web.needs("member")
@executions.arguments(ExecutionArgs, location="query")
@executions.response(200, ExecutionPage)
def list_executions(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's executions, newest first."""
    page = models.executions.listed(web.by().tenant_id, **asked)
    return web.page_body(page_of(page, executions_shown(page.items)))


@executions.post("")
@web.needs("member")
@web.idempotent(idempotency)
@executions.arguments(ExecutionIn)
@executions.response(201, ExecutionDetail)
def start(told: dict[str, Any]) -> Any:
    """Start a workflow; without a stage, the one that the days to renewal call for."""
    by, now = web.by(), clock.now()
    return _shown(verbs.start(by, told["customer_id"], told["stage"], execution_id=ids.new_id(), now=now))


@executions.get("/<execution_id>")
@web.needs("member")
@executions.response(200, ExecutionDetail)
def read(execution_id: str) -> Any:
    """One execution with its steps and their outputs."""
    return _shown(models.executions.find(web.by().tenant_id, execution_id))


@executions.post("/<execution_id>/steps/<step_id>/start")
@web.needs("member")
@executions.response(200, StepSchema)
def start_step(execution_id: str, step_id: str) -> Any:
    """Begin a step in its turn."""
    return _step(steps.start(web.by(), execution_id, step_id, now=clock.now(), expected=web.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/complete")
@web.needs("member")
@executions.arguments(CompleteIn)
@executions.response(200, StepSchema)
def complete_step(told: dict[str, Any], execution_id: str, step_id: str) -> Any:
    """Compute the step's output and open the next."""
    by, given = web.by(), told["input"]
    return _step(steps.complete(by, execution_id, step_id, given, now=clock.now(), expected=web.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/skip")
@web.needs("member")
@executions.arguments(SkipIn)
@executions.response(200, StepSchema)
def skip_step(told: dict[str, Any], execution_id: str, step_id: str) -> Any:
    """Pass over a step."""
    by, reason = web.by(), told["reason"]
    return _step(steps.skip(by, execution_id, step_id, now=clock.now(), reason=reason, expected=web.if_match()))


@executions.post("/<execution_id>/steps/<step_id>/reset")
@web.needs("member")
@executions.response(200, StepSchema)
def reset_step(execution_id: str, step_id: str) -> Any:
    """Take a step back, and all that was computed from it."""
    return _step(steps.reset(web.by(), execution_id, step_id, now=clock.now(), expected=web.if_match()))
