"""Run control: the routes by which the monitor cancels a guided run for a person, or asks to retry it."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import lifecycle, states
from services.runs.models import runs
from shared.contracts.runs import CancelCommand, RetryAnswer, RetryCommand
from shared.ground import clock
from shared.ground.errors import Conflict
from shared.web import callers

run_control = Blueprint(
    "run_control", __name__, url_prefix="/internal/runs", description="Between services, on behalf of a person."
)


@run_control.post("/<run_id>/retry")
@callers.needs("service")
@run_control.arguments(RetryCommand)
@run_control.response(200, RetryAnswer)
def retry(body: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Conflict always: people work a guided run, and what failed in it is sent again from its step."""
    run = runs.find(callers.by_as("member").tenant_id, run_id)
    raise Conflict(
        "A guided run is worked by people: send again what failed in its step.", allowed=states.RUN.allowed(run.status)
    )


@run_control.post("/<run_id>/cancel")
@callers.needs("service")
@run_control.arguments(CancelCommand, required=False)
@run_control.response(200)
def cancel(command: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Cancel a run that is in progress or paused."""
    change = lifecycle.ChangeRun(status="cancelled", reason=command["reason"])
    lifecycle.change(callers.by_as("member"), run_id, change, now=clock.now())
    return {}
