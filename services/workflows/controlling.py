"""Run control of workflow executions: retries their failed and cancelled AI tasks, and cancels executions in
progress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.workflows import ai_runs, executions, models
from services.workflows.models import Execution, Task, feed
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


def retry(
    by: Principal, execution_id: str, from_step: str | None, *, dry_run: bool, new_id: Callable[[], str], now: datetime
) -> JsonObject:
    """Queue the failed and cancelled AI tasks of an execution again, or the one that `from_step` names.

    Returns `{new_run_id, plan: {runs_again, from_cache, standing}}`; a dry run changes nothing, and its `new_run_id` is
    None. A task of which it is unknown whether it changed an external system is left out. NotFound; Conflict when no
    task is left, and for a `from_step` that is a step of the workflow.
    """
    with feed.transaction():
        execution = models.executions.get_for_update(by.tenant_id, execution_id)
        again = _to_repeat(execution, from_step)
        if not dry_run:
            for task in again:
                ai_runs.retry(by, task, request_id=new_id(), now=now)
        standing = [f"{task.title}: {effect}" for task in again for effect in task.standing_effects]
        return {
            "new_run_id": None if dry_run else execution.id,
            "plan": {"runs_again": [task.title for task in again], "from_cache": [], "standing": standing},
        }


def _to_repeat(execution: Execution, from_step: str | None) -> list[Task]:
    tasks = models.tasks.of_execution(execution.tenant_id, execution.id, only_ai=True)
    if from_step is not None:
        if any(step.id == from_step for step in models.executions.steps_of(execution)):
            raise Conflict("A step of the workflow is not repeated by a retry; reset it instead.", allowed=["reset"])
        tasks = [task for task in tasks if from_step in (task.id, task.run_id)]
        if not tasks:
            raise NotFound(f"This workflow execution has no step {from_step}.")
    failed = [task for task in tasks if task.execution_status in ("failed", "cancelled")]
    if not failed:
        raise Conflict("None of its AI tasks has failed.", allowed=[])
    repeatable = [task for task in failed if not ai_runs.outcome_unknown(task)]
    if not repeatable:
        raise Conflict("Nobody knows whether its change outside was made; resolve that first.", allowed=["resolve"])
    return repeatable


def cancel(by: Principal, execution_id: str, *, now: datetime, reason: str | None = None) -> None:
    """Cancel an execution in progress. NotFound; Conflict once it has ended, because then only the executor can cancel
    its AI tasks."""
    executions.cancel(by, execution_id, now=now, reason=reason)
