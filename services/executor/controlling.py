"""What a person asks of an AI task: run it now, try it again, cancel it."""

from __future__ import annotations

from datetime import datetime

from services.executor import finishing, states, submitting
from services.executor.models import AiTask, acts, effects, feed, tasks
from services.executor.processors.registry import Registry
from services.executor.submitting import Order
from shared.acts import By
from shared.errors import Conflict, NotFound, Stale

URGENT = 1


def find(tenant_id: str, task_id: str, *, expected: int | None = None) -> AiTask:
    """The tenant's task. NotFound; Stale when it is not in version `expected`."""
    task = tasks.named(tenant_id, task_id)
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
    by: By,
    now: datetime,
    registry: Registry,
    max_attempts: int,
    expected: int | None = None,
) -> AiTask:
    """Run it on demand: a queued task is due now and before all others; of one that is over a new one is made. The
    task that will run.

    Conflict while it runs, or while the outcome of one of its effects is unknown.
    """
    with feed.transaction():
        task = find(tenant_id, task_id, expected=expected)
        states.ASKED.after("execute", task.status)
        if task.status != "queued":
            return _again(task, new_id, by=by, now=now, registry=registry, max_attempts=max_attempts, priority=URGENT)
        changed = tasks.change(task, ["queued"], available_at=min(task.available_at, now), priority=URGENT)
        if changed is None:
            raise Conflict("It has just been claimed.", allowed=states.ASKED.allowed("running"))
        acts.record(by, "executed AI task", "ai-task", task.id, now=now)
        return changed


def retry(
    tenant_id: str,
    task_id: str,
    *,
    new_id: str,
    by: By,
    now: datetime,
    registry: Registry,
    max_attempts: int,
    expected: int | None = None,
) -> AiTask:
    """A new task in the place of one that failed or was cancelled; effects that stand are not made again. Conflict as
    in `execute`."""
    with feed.transaction():
        task = find(tenant_id, task_id, expected=expected)
        states.ASKED.after("retry", task.status)
        return _again(
            task, new_id, by=by, now=now, registry=registry, max_attempts=max_attempts, priority=task.priority
        )


def _again(
    task: AiTask, new_id: str, *, by: By, now: datetime, registry: Registry, max_attempts: int, priority: int
) -> AiTask:
    order = Order(
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
    return submitting.submit(order, by=by, now=now, registry=registry, max_attempts=max_attempts)[0]


def what_a_retry_does(tenant_id: str, task_id: str) -> dict[str, list[str]]:
    """What a retry would run again, take from a cache, and find standing, and nothing is done. Conflict where a retry
    would be one."""
    with feed.transaction():
        task = find(tenant_id, task_id)
        states.ASKED.after("retry", task.status)
        submitting.place_of(task.tenant_id, task.id)
        standing = [effect.name for effect in effects.of([task.origin]) if effect.status == "done"]
    return {"runs_again": [task.title], "from_cache": [], "standing": standing}


def cancel(
    tenant_id: str, task_id: str, *, by: By, now: datetime, reason: str | None = None, expected: int | None = None
) -> AiTask:
    """A queued task is cancelled at once; a running one is flagged, and its worker stops at the next step. Conflict
    when it is over."""
    with feed.transaction():
        task = find(tenant_id, task_id, expected=expected)
        while True:
            states.ASKED.after("cancel", task.status)
            changed = _cancelled(task, now)
            if changed:
                break
            task = find(tenant_id, task_id)
        verb = "cancelled AI task" if changed.status == "cancelled" else "asked to cancel AI task"
        acts.record(by, verb, "ai-task", task.id, now=now, reason=reason)
    return changed


def _cancelled(task: AiTask, now: datetime) -> AiTask | None:
    if task.status == "queued":
        changed = tasks.change(task, ["queued"], status="cancelled", finished_at=now, cancel_requested_at=now)
        if changed:
            # An attempt before this one may have begun a change that the next one would have asked about.
            finishing.leave_nothing_half_known(changed, now=now)
        return changed
    return tasks.change(task, ["running"], cancel_requested_at=task.cancel_requested_at or now)
