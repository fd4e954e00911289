"""Run control: the monitor retries or cancels the run of an AI task for a person."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor import controlling
from services.executor.api.installation import installation
from shared.contracts.runs import CancelCommand, RetryAnswer, RetryCommand
from shared.ground import clock, ids
from shared.ground.errors import NotFound
from shared.web import callers

run_control = Blueprint(
    "run_control", __name__, url_prefix="/internal/runs", description="Between services, on behalf of a person."
)


@run_control.post("/<run_id>/retry")
@callers.needs("service")
@run_control.arguments(RetryCommand)
@run_control.response(200, RetryAnswer)
def retry(command: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Retry the run, which is one step; with `dryRun` only say what that would do."""
    by = callers.by_as("member")
    if command["from_step"] not in (None, run_id, controlling.get(by.tenant_id, run_id).origin):
        raise NotFound("The run has no such step.")
    plan = controlling.plan_retry(by.tenant_id, run_id)
    if command["dry_run"]:
        return {"new_run_id": None, "plan": plan}
    task = controlling.retry(
        by.tenant_id,
        run_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=installation().registry,
        max_attempts=installation().max_attempts,
    )
    return {"new_run_id": task.id, "plan": plan}


@run_control.post("/<run_id>/cancel")
@callers.needs("service")
@run_control.arguments(CancelCommand, required=False)
@run_control.response(200)
def cancel(command: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Cancel the run."""
    by = callers.by_as("member")
    controlling.cancel(by.tenant_id, run_id, by=by, now=clock.now(), reason=command["reason"])
    return {}
