"""How a task moves from one status to another, and its sub-tasks with it. Call all of it inside a transaction."""

from __future__ import annotations

from datetime import date, datetime

from services.workflows import models, states
from services.workflows.models import Task, feed, replicas
from shared.database.model import Columns
from shared.ground.errors import Conflict, Invalid
from shared.ground.local_days import morning_of

VERBS = {"in_progress": "start", "completed": "complete", "cancelled": "cancel"}
ENDED = ("completed", "cancelled")
PARTS: dict[str, str | None] = {"complete": "completed", "cancel": "cancelled", "keep": None}
"""The choices for the open sub-tasks of a task that ends, and the status that each gives them."""


def moved(row: Task, wanted: str, now: datetime) -> Columns:
    """The columns of a task that gets this status. Conflict naming what its status allows, for an AI task, which is run
    again and not reopened, and for a task whose workflow was cancelled; Invalid for snoozed, which needs a moment."""
    if wanted == "snoozed":
        raise Invalid("A task is snoozed until a moment.", errors={"status": ["Use .../snooze."]})
    verb = VERBS.get(wanted) or ("unsnooze" if row.status == "snoozed" else "reopen")
    if verb == "reopen" and row.status in ENDED:
        _check_reopening(row)
    after = states.TASK.after(verb, row.status)
    return {"status": after, "snoozed_until": None, "completed_at": now if after == "completed" else None}


def _check_reopening(row: Task) -> None:
    if row.auto_execute:
        raise Conflict("An AI task is not reopened but run again.", allowed=["execute"])
    check_workflow(row)


def check_workflow(row: Task) -> None:
    """Conflict when the workflow that a task belongs to was cancelled, so that it does not open again."""
    execution = models.executions.get_or_none(row.tenant_id, row.execution_id) if row.execution_id else None
    if execution is not None and execution.status == "cancelled":
        raise Conflict("The workflow that it belongs to was cancelled.", allowed=[])


def end(row: Task, status: str, sub_tasks: str | None, now: datetime) -> list[Task]:
    """Complete or cancel a task. Returns its sub-tasks that moved with it.

    Conflict as `moved`, and naming its open sub-tasks if `sub_tasks` does not say what becomes of them.
    """
    columns = moved(row, status, now)
    parts = open_parts(row)
    if parts and sub_tasks is None:
        raise parts_are_open(parts)
    row.write(updated_at=now, **columns)
    after = move_parts(parts, sub_tasks, now)
    mark_execution(row)
    return after


def open_parts(row: Task) -> list[Task]:
    """The sub-tasks that are not finished, locked."""
    if row.parent_task_id:
        return []
    return [part for part in models.tasks.sub_tasks(row, for_update=True) if part.status in models.tasks.OPEN]


def parts_are_open(parts: list[Task]) -> Conflict:
    """The refusal to end a task while nobody has said what becomes of these."""
    named = [{"id": part.id, "title": part.title, "status": part.status} for part in parts]
    why = f"{len(parts)} of its sub-tasks {'is' if len(parts) == 1 else 'are'} open."
    return Conflict(why, allowed=[f"subTasks: {choice}" for choice in PARTS], subTasks=named)


def move_parts(parts: list[Task], choice: str | None, now: datetime) -> list[Task]:
    """Apply the choice to the open sub-tasks. Returns those that changed."""
    status = PARTS.get(choice or "keep")
    if status is None:
        return []
    for part in parts:
        part.write(updated_at=now, **moved(part, status, now))
    return parts


def moment_of(tenant_id: str, until: datetime | date, now: datetime, daily_at: str) -> datetime:
    """The moment until which a task is snoozed: for a day its morning, which is when the cron expression `daily_at` fires
    in the tenant's time zone. Invalid for one that is past."""
    zone = replicas.tenants.region(tenant_id).time_zone
    moment = until if isinstance(until, datetime) else morning_of(until, daily_at, zone)
    if moment <= now:
        raise Invalid("A task is snoozed until later.", errors={"until": ["It is not ahead of us."]})
    return moment


def snooze(row: Task, moment: datetime, reason: str | None, now: datetime) -> None:
    """Snooze a task. Conflict as `moved`."""
    status = states.TASK.after("snooze", row.status)
    row.write(status=status, snoozed_until=moment, snooze_reason=reason, updated_at=now)


def mark_execution(row: Task) -> None:
    """Mark the execution that an AI task belongs to as changed, because its snapshot says what they came to."""
    if row.auto_execute and row.execution_id:
        feed.mark("workflow-execution", row.execution_id, row.tenant_id)
