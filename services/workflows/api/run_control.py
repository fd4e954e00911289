"""Run control: the routes by which the monitor retries or cancels a workflow execution for a person."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import controlling
from shared.contracts.runs import CancelCommand, RetryAnswer, RetryCommand
from shared.ground import clock, ids
from shared.web import callers

run_control = Blueprint(
    "run_control", __name__, url_prefix="/internal/runs", description="Between services, on behalf of a person."
)


@run_control.post("/<run_id>/retry")
@callers.needs("service")
@run_control.arguments(RetryCommand)
@run_control.response(200, RetryAnswer)
def retry(data: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Queue the failed and cancelled AI tasks of an execution again; with `dryRun` only say which."""
    by = callers.by_as("member")
    return controlling.retry(by, run_id, data["from_step"], dry_run=data["dry_run"], new_id=ids.new_id, now=clock.now())


@run_control.post("/<run_id>/cancel")
@callers.needs("service")
@run_control.arguments(CancelCommand, required=False)
@run_control.response(200)
def cancel(command: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Cancel an execution that is in progress."""
    controlling.cancel(callers.by_as("member"), run_id, reason=command["reason"], now=clock.now())
    return {}
