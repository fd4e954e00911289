"""Runs, retries and cancels AI tasks for people."""

from __future__ import annotations

from datetime import datetime

from services.executor import finishing, states, submitting
from services.executor.models import AiTask, acts, effects, feed, tasks
from services.executor.processors.registry import Registry
from services.executor.submitting import Submission
from shared.ground.errors import Conflict, NotFound, Stale
from shared.ground.principal import Principal

URGENT = 1


def get(tenant_id: str, task_id: str, *, expected: int | None = None, for_update: bool = False) -> AiTask:
    """The tenant's task, with `for_update` locked until the transaction ends. NotFound; Stale when its version is not
    `expected`."""
    task = tasks.get_or_none(tenant_id, task_id, for_update=for_update)
    if task is None:
        raise NotFound("There is no such AI task.")
    if expected is not None and task.version != expected:
        raise Stale("The task has changed since you read it.")
    return task


def execute(
    tenant_id: str,
    task_id: str,
    *,
    new_id: str,
    by: Principal,
    now: datetime,
    registry: Registry,
    max_attempts: int,
    expected: int | None = None,
) -> AiTask:
    """Run a task now: a queued one becomes due and first; for one that is over a new task is made. Returns the task
    that will run.

    NotFound and Stale as in `get`; Conflict while it runs, or when it may not be retried (`submitting.retry_position`);
    Invalid when no processor takes it any more.
    """
    with feed.transaction():
        task = get(tenant_id, task_id, expected=expected)
        states.COMMANDS.after("execute", task.status)
        if task.status != "queued":
            return _again(task, new_id, by=by, now=now, registry=registry, max_attempts=max_attempts, priority=URGENT)
        changed = tasks.change(task, ["queued"], available_at=min(task.available_at, now), priority=URGENT)
        if changed is None:
            raise Conflict("It has just been claimed.", allowed=states.COMMANDS.allowed("running"))
        acts.record(by, "executed AI task", "ai-task", task.id, now=now)
        return changed


def retry(
    tenant_id: str,
    task_id: str,
    *,
    new_id: str,
    by: Principal,
    now: datetime,
    registry: Registry,
    max_attempts: int,
    expected: int | None = None,
) -> AiTask:
    """Make a new task in place of one that failed or was cancelled; effects that are done are not made again. Errors
    as in `execute`; Conflict also when it is queued or has succeeded."""
    with feed.transaction():
        task = get(tenant_id, task_id, expected=expected)
        states.COMMANDS.after("retry", task.status)
        return _again(
            task, new_id, by=by, now=now, registry=registry, max_attempts=max_attempts, priority=task.priority
        )


def _again(
    task: AiTask, new_id: str, *, by: Principal, now: datetime, registry: Registry, max_attempts: int, priority: int
) -> AiTask:
    submission = Submission(
        new_id,
        task.tenant_id,
        task.processor,
        task.metadata,
        title=task.title,
        priority=priority,
        subject=task.subject,
        source=task.source,
        retry_of=task.id,
    )
    return submitting.submit(submission, by=by, now=now, registry=registry, max_attempts=max_attempts)[0]


def plan_retry(tenant_id: str, task_id: str) -> dict[str, list[str]]:
    """What a retry would run again, take from a cache, and find done already; it changes nothing. NotFound;
    Conflict when it may not be retried."""
    with feed.transaction():
        task = get(tenant_id, task_id)
        states.COMMANDS.after("retry", task.status)
        submitting.retry_position(task.tenant_id, task.id)
        standing = [effect.name for effect in effects.of_chain(task) if effect.status == "done"]
    return {"runs_again": [task.title], "from_cache": [], "standing": standing}


def cancel(
    tenant_id: str,
    task_id: str,
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
    expected: int | None = None,
) -> AiTask:
    """Cancel a queued task at once; flag a running one, which ends at its next effect or renewal of its lease.

    NotFound and Stale as in `get`; Conflict when it is over.
    """
    with feed.transaction():
        task = get(tenant_id, task_id, expected=expected)
        while True:
            states.COMMANDS.after("cancel", task.status)
            changed = _cancelled(task, now)
            if changed:
                break
            task = get(tenant_id, task_id, expected=expected)
        verb = "cancelled AI task" if changed.status == "cancelled" else "asked to cancel AI task"
        acts.record(by, verb, "ai-task", task.id, now=now, reason=reason)
    return changed


def _cancelled(task: AiTask, now: datetime) -> AiTask | None:
    """The task as it then stands; None when it has changed since it was read."""
    if task.status != "queued":
        return tasks.change(task, ["running"], cancel_requested_at=task.cancel_requested_at or now)
    changed = tasks.change(task, ["queued"], status="cancelled", finished_at=now, cancel_requested_at=now)
    if changed is None:
        return None
    # An earlier attempt may have begun a change that the next one would have looked up.
    finishing.mark_effects_unknown(changed, now=now)
    return get(task.tenant_id, task.id)  # marking effects raises the version
