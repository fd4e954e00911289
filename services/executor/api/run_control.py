"""Run control: what the monitor asks for a person who retries or cancels the run of an AI task."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor import controlling
from services.executor.api.installation import here
from shared import clock, ids, web
from shared.contracts.runs import RetryAnswer, RetryCommand
from shared.errors import NotFound

run_control = Blueprint(
    "run_control", __name__, url_prefix="/internal/runs", description="Between services, on behalf of a person."
)


@run_control.post("/<run_id>/retry")
@web.needs("service")
@run_control.arguments(RetryCommand)
@run_control.response(200, RetryAnswer)
def retry(told: dict[str, Any], run_id: str) -> dict[str, Any]:
    """Retry the run, which is one step; with `dryRun` only say what that would do."""
    by = web.by_as("member")
    if told["from_step"] not in (None, run_id, controlling.find(by.tenant_id, run_id).origin):
        raise NotFound("The run has no such step.")
    plan = controlling.what_a_retry_does(by.tenant_id, run_id)
    if told["dry_run"]:
        return {"new_run_id": None, "plan": plan}
    task = controlling.retry(
        by.tenant_id,
        run_id,
        new_id=ids.new_id(),
        by=by,
        now=clock.now(),
        registry=here().registry,
        max_attempts=here().max_attempts,
    )
    return {"new_run_id": task.id, "plan": plan}


@run_control.post("/<run_id>/cancel")
@web.needs("service")
@run_control.response(200)
def cancel(run_id: str) -> dict[str, Any]:
    """Cancel the run."""
    by = web.by_as("member")
    controlling.cancel(by.tenant_id, run_id, by=by, now=clock.now())
    return {}
