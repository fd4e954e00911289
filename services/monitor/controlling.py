"""Retry and cancel: the monitor looks up the owner of the run and asks it. The owner decides and records the act."""

from __future__ import annotations

from services.monitor import clients, reporting, run_kinds, states, tenant_scope
from services.monitor.models.runs import Run
from services.monitor.run_kinds.ai_task import AiTask
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


def retry(run_id: str, *, by: Principal, from_step: str | None = None, dry_run: bool = False) -> JsonObject:
    """Retry a run, from a step if one is named. Returns `{"newRunId", "plan"}`; with `dry_run` nothing is retried.

    NotFound when there is no such run or step; Conflict, with the owner's reason, when it cannot be retried;
    Unavailable when the owner does not answer.
    """
    run = _run(run_id, by)
    return clients.retry(_owner(run), run.id, by.within(run.tenant_id), from_step=from_step, dry_run=dry_run)


def cancel(run_id: str, *, by: Principal, reason: str | None = None) -> None:
    """Cancel a run, perhaps with a reason for its audit trail. Errors as for `retry`."""
    run = _run(run_id, by)
    clients.cancel(_owner(run), run.id, by.within(run.tenant_id), reason)


def attempt_now(task_id: str, *, by: Principal) -> None:
    """Let an AI task that waits for its next attempt begin it at once. NotFound when there is no such AI task; Conflict
    when it does not wait any more; Unavailable when the executor does not answer."""
    task = _run(task_id, by)
    if task.kind != AiTask.key:
        raise NotFound("There is no such AI task.")
    if task.status != states.QUEUED:
        raise Conflict("It does not wait for another attempt any more.")
    clients.execute(task.id, by.within(task.tenant_id))


def _run(run_id: str, by: Principal) -> Run:
    return reporting.row(tenant_scope.reach(by), run_id)


def _owner(run: Run) -> str:
    return run_kinds.named(run.kind).owner
