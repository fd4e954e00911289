"""The REST API of the steps of guided runs: their life, their rows, and the actions in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from services.runs import models, step_actions
from services.runs import steps as verbs
from services.runs.action_types import registry
from services.runs.action_types.action import Command
from services.runs.api.run_showing import step_shown
from services.runs.api.step_showing import records_shown, row_shown
from services.runs.models import GuidedStep, idempotency
from services.runs.schemas.steps import (
    ActionIn,
    ActionOut,
    ReasonIn,
    ResetIn,
    ResetStep,
    RowData,
    RowPatch,
    RowSchema,
    StepData,
    StepPatch,
    StepSchema,
)
from services.runs.step_rows.step_data import data_of, row_of
from services.runs.step_rows.step_records import records_of
from services.runs.steps import ChangeRow, ChangeStep
from shared.ground import clock, ids
from shared.web import callers, current_service, entity_tags, idempotent_views

steps = Blueprint(
    "guided_steps", __name__, url_prefix="/api/guided-runs/<run_id>/steps/<step_id>", description="Steps of a run."
)


def _shown(step: GuidedStep) -> Any:
    return entity_tags.tagged(step_shown(step, models.runs.find(step.tenant_id, step.run_id)), step.version)


@steps.post("/start")
@callers.needs("member")
@steps.response(200, StepSchema)
def start(run_id: str, step_id: str) -> Any:
    """Begin a step; what it shows is kept with it."""
    return _shown(verbs.start(callers.by(), run_id, step_id, now=clock.now(), expected=entity_tags.if_match()))


@steps.post("/skip")
@callers.needs("member")
@steps.arguments(ReasonIn)
@steps.response(200, StepSchema)
def skip(body: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Pass over a step; it can be started later."""
    return _shown(verbs.skip(callers.by(), run_id, step_id, now=clock.now(), expected=entity_tags.if_match(), **body))


@steps.post("/complete")
@callers.needs("member")
@steps.arguments(ReasonIn)
@steps.response(200, StepSchema)
def complete(body: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Finish a step; with work left it needs a reason."""
    return _shown(
        verbs.complete(callers.by(), run_id, step_id, now=clock.now(), expected=entity_tags.if_match(), **body)
    )


@steps.post("/reset")
@callers.needs("member")
@steps.arguments(ResetIn)
@steps.response(200, ResetStep)
def reset(body: dict[str, Any], run_id: str, step_id: str) -> Any:
    """Take a step back to pending, and say what it cannot take back."""
    by, expected = callers.by(), entity_tags.if_match()
    step, standing = verbs.reset(by, run_id, step_id, now=clock.now(), expected=expected, **body)
    return _shown(step) | {"standing": standing}


@steps.patch("")
@callers.needs("member")
@steps.arguments(StepPatch)
@steps.response(200, StepSchema)
def change(command: ChangeStep, run_id: str, step_id: str) -> Any:
    """Give a step to somebody, or keep what is typed in it."""
    return _shown(
        verbs.change(callers.by(), run_id, step_id, command, now=clock.now(), expected=entity_tags.if_match())
    )


@steps.get("/data")
@callers.needs("member")
@steps.response(200, StepData)
def data(run_id: str, step_id: str) -> Any:
    """What the person needs to see: rows, what is expected, and what was done."""
    by = callers.by()
    run = models.runs.find(by.tenant_id, run_id)
    step = models.runs.step_of(run, step_id)
    records = records_of(step)
    return data_of(registry.context_of(by, run, step, now=clock.now()), records) | records_shown(records)


@steps.get("/rows/<row_id>")
@callers.needs("member")
@steps.response(200, RowData)
def row(run_id: str, step_id: str, row_id: str) -> Any:
    """One row of a step in progress or over, as the step's data has it, and what the step still expects."""
    by = callers.by()
    run = models.runs.find(by.tenant_id, run_id)
    step = models.runs.step_of(run, step_id)
    shown = row_of(registry.context_of(by, run, step, now=clock.now()), records_of(step), row_id)
    return shown | {"step": step_shown(step, run)}


@steps.patch("/rows/<row_id>")
@callers.needs("member")
@steps.arguments(RowPatch)
@steps.response(200, RowSchema)
def change_row(command: ChangeRow, run_id: str, step_id: str, row_id: str) -> Any:
    """Keep what is typed on a row."""
    row = verbs.change_row(
        callers.by(), run_id, step_id, row_id, command, now=clock.now(), expected=entity_tags.if_match()
    )
    return entity_tags.tagged(row_shown(row), row.version)


def _sends_all(body: Any) -> bool:
    return isinstance(body, dict) and bool(body.get("all"))


@steps.post("/actions")
@callers.needs("member")
@idempotent_views.idempotent(idempotency, in_parts=_sends_all)
@steps.arguments(ActionIn)
@steps.response(200, ActionOut)
def act(command: Command, run_id: str, step_id: str) -> Any:
    """Do something: send, move, book, ask for, note, create, update, review."""
    by, now, since = callers.by(), clock.now(), idempotent_views.begun_at()
    delay = timedelta(seconds=current_service.settings().send_delay_seconds)
    done = step_actions.perform(
        by,
        run_id,
        step_id,
        command,
        new_id=ids.new_id(),
        now=now,
        expected=entity_tags.if_match(),
        since=since,
        send_delay=delay,
    )
    run = models.runs.find(by.tenant_id, run_id)
    step = step_shown(models.runs.step_of(run, step_id), run)
    action = registry.action_of(type(command))
    return {"type": action.name, "status": done.status, "items": done.items, "step": step}
