"""The REST door of the steps of guided runs: their life, what they show, and what is done in them."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import acting, models
from services.runs import steps as verbs
from services.runs.api.run_showing import step_shown
from services.runs.api.step_data import data_shown, row_shown
from services.runs.models import GuidedStep, idempotency
from services.runs.schemas.steps import (
    ActionIn,
    ActionOut,
    ReasonIn,
    ResetIn,
    ResetStep,
    RowPatch,
    RowSchema,
    StepData,
    StepPatch,
    StepSchema,
)
from shared import clock, ids, web

steps = Blueprint(
    "guided_steps", __name__, url_prefix="/api/guided-runs/<run_id>/steps/<step_id>", description="Steps of a run."
)


def _shown(step: GuidedStep) -> Any:
    return web.tagged(step_shown(step, models.runs.find(step.tenant_id, step.run_id)), step.version)


@steps.post("/start")
@web.needs("member")
@steps.response(200, StepSchema)
def start(run_id: str, step_id: str) -> Any:
    """Begin a step; what it shows is kept with it."""
    return _shown(verbs.start(web.by(), run_id, step_id, now=clock.now(), expected=web.if_match()))


@steps.post("/skip")
@web.needs("member")
@steps.arguments(ReasonIn)
@steps.response(200, StepSchema)
def skip(told: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Pass over a step; it can be started later."""
    return _shown(verbs.skip(web.by(), run_id, step_id, now=clock.now(), expected=web.if_match(), **told))


@steps.post("/complete")
@web.needs("member")
@steps.arguments(ReasonIn)
@steps.response(200, StepSchema)
def complete(told: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Finish a step; with work left it needs a reason."""
    return _shown(verbs.complete(web.by(), run_id, step_id, now=clock.now(), expected=web.if_match(), **told))


@steps.post("/reset")
@web.needs("member")
@steps.arguments(ResetIn)
@steps.response(200, ResetStep)
def reset(told: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Take a step back to pending, and say what it cannot take back."""
    by, expected = web.by(), web.if_match()
    step, standing = verbs.reset(by, run_id, step_id, now=clock.now(), expected=expected, **told)
    return _shown(step) | {"standing": standing}


@steps.patch("")
@web.needs("member")
@steps.arguments(StepPatch)
@steps.response(200, StepSchema)
def change(told: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Give a step to somebody, or keep what is typed in it."""
    return _shown(verbs.change(web.by(), run_id, step_id, told, now=clock.now(), expected=web.if_match()))


@steps.get("/data")
@web.needs("member")
@steps.response(200, StepData)
def data(run_id: str, step_id: str) -> Any:
    """What the person needs to see: rows, what is expected, and what was done."""
    by = web.by()
    run = models.runs.find(by.tenant_id, run_id)
    return data_shown(by, run, models.runs.step_of(run, step_id), clock.now())


@steps.patch("/rows/<row_id>")
@web.needs("member")
@steps.arguments(RowPatch)
@steps.response(200, RowSchema)
def change_row(told: dict[str, Any], run_id: str, step_id: str, row_id: str) -> Any:
    """Keep what is typed on a row."""
    row = verbs.change_row(web.by(), run_id, step_id, row_id, told, now=clock.now(), expected=web.if_match())
    return web.tagged(row_shown(row), row.version)


@steps.post("/actions")
@web.needs("member")
@web.idempotent(idempotency)
@steps.arguments(ActionIn)
@steps.response(200, ActionOut)
def act(told: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Do something: send, move, book, ask for, note, create, update, review."""
    by, expected = web.by(), web.if_match()
    done = acting.perform(by, run_id, step_id, told, new_id=ids.new_id(), now=clock.now(), expected=expected)
    run = models.runs.find(by.tenant_id, run_id)
    step = step_shown(models.runs.step_of(run, step_id), run)
    return {"type": told["type"], "status": done.status, "items": done.items, "step": step}
