"""Tasks of people: create, change, complete, snooze, unsnooze, remove; and a service's word on an execution."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.workflows import models, states
from services.workflows.models import Task, acts, copies, feed
from services.workflows.planning.validation import Checker
from shared.acts import By
from shared.errors import Conflict, Forbidden, Invalid

RESURFACES_AT = time(8)
"""When the day of a person begins, in their tenant's time zone; the daily job runs then."""

VERBS = {"in_progress": "start", "completed": "complete", "cancelled": "cancel"}
MACHINE = ("execution_status", "execution_result")
ENDED = {"completed": "complete", "cancelled": "cancel"}


def create(by: By, told: dict[str, Any], *, task_id: str, now: datetime) -> Task:
    """Make a task; an AI task (`auto_execute`) is queued at once.

    NotFound for an unknown customer, execution or parent; Invalid for a processor or metadata that cannot be executed,
    for an AI task of an execution (those come from its plan), and for a sub-task of a sub-task.
    """
    with feed.transaction():
        _check_place(by.tenant_id, told)
        ai = _ai_columns(told, task_id) if told.get("auto_execute") else {}
        row = models.tasks.add(
            id=task_id, tenant_id=by.tenant_id, status="open", created_at=now, updated_at=now, **told | ai
        )
        if row.auto_execute:
            ask_for(by, row, request_id=row.id, retry_of=None, now=now)
        acts.record(by, "created task", "task", row.id, now=now, details={"title": row.title})
        return row


def _check_place(tenant_id: str, told: dict[str, Any]) -> None:
    if told.get("customer_id"):
        models.customers.find(tenant_id, told["customer_id"])
    if told.get("execution_id"):
        models.executions.find(tenant_id, told["execution_id"])
        if told.get("auto_execute"):
            why = "The AI tasks of an execution come from its action plan."
            raise Invalid(why, errors={"executionId": [why]})
    if told.get("parent_task_id"):
        parent = models.tasks.find(tenant_id, told["parent_task_id"])
        if parent.parent_task_id or told.get("auto_execute"):
            why = "A sub-task is a person's, and belongs to a task that is no sub-task."
            raise Invalid(why, errors={"parentTaskId": [why]})


def _ai_columns(told: dict[str, Any], task_id: str) -> dict[str, Any]:
    item = {**told, "estimatedCompletionTime": told.get("estimated_completion_time")}
    if problems := Checker(copies.schemas()).ai_task(item):
        errors: dict[str, list[str]] = {}
        for problem in problems:
            name, _, why = problem.partition(": ")
            errors.setdefault(name, []).append(why)
        raise Invalid("This cannot be executed.", errors=errors)
    return {"execution_status": "queued", "run_id": task_id}


def ask_for(by: By, task: Task, *, request_id: str, retry_of: str | None, now: datetime) -> None:
    """Ask the executor for a task's AI task. Inside a transaction."""
    of_plan = task.execution_id is not None
    models.requests.ask_for_ai_tasks(
        [
            {
                "id": request_id,
                "tenant_id": task.tenant_id,
                "title": task.title,
                "processor": task.processor,
                "metadata": task.metadata,
                "priority": task.priority,
                "subject": task.customer_id,
                "source_kind": "workflow-execution" if of_plan else "task",
                "source_id": task.execution_id if of_plan else task.id,
                "retry_of": retry_of,
                "by": by.as_json(),
                "created_at": now,
            }
        ]
    )


def change(
    by: By, task_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None, is_service: bool = False
) -> Task:
    """Change these columns of a task, its status among them. Completing or cancelling takes its open sub-tasks along.

    NotFound; Stale; Conflict naming what its status allows; Forbidden where a person writes what an execution came to.
    """
    if not is_service and any(name in told for name in MACHINE):
        raise Forbidden("ExecutionStatus and executionResult are written by services only.")
    with feed.transaction():
        row = models.tasks.find(by.tenant_id, task_id)
        row.expect(expected)
        values = {name: value for name, value in told.items() if name not in ("status", "reason")}
        if "status" in told and told["status"] != row.status:
            values |= _moved(row, told["status"], now)
        row.write(updated_at=now, **values)
        with_it = _take_along(row, now) if "status" in values else []
        if row.auto_execute and row.execution_id:
            feed.mark("workflow-execution", row.execution_id, row.tenant_id)
        details = {"fields": sorted(told), **({"subTasks": with_it} if with_it else {})}
        verb = {"completed": "completed task", "cancelled": "cancelled task"}.get(
            values.get("status", ""), "changed task"
        )
        acts.record(by, verb, "task", row.id, now=now, reason=told.get("reason"), details=details)
        return row


def _moved(row: Task, wanted: str, now: datetime) -> dict[str, Any]:
    if wanted == "snoozed":
        raise Invalid("A task is snoozed until a moment and for a reason.", errors={"status": ["Use .../snooze."]})
    verb = VERBS.get(wanted) or ("unsnooze" if row.status == "snoozed" else "reopen")
    after = states.TASK.after(verb, row.status)
    return {"status": after, "snoozed_until": None, "completed_at": now if after == "completed" else None}


def _take_along(row: Task, now: datetime) -> list[str]:
    """Complete or cancel the open sub-tasks of a task that was completed or cancelled; their ids."""
    if row.status not in ENDED or row.parent_task_id:
        return []
    taken = [one for one in models.tasks.sub_tasks(row) if one.status in models.tasks.OPEN]
    for one in taken:
        one.write(updated_at=now, **_moved(one, row.status, now))
    return [one.id for one in taken]


def snooze(
    by: By, task_id: str, until: datetime | date, reason: str, *, now: datetime, expected: int | None = None
) -> Task:
    """Put a task away until a moment, or until the morning of a day; the daily job brings it back. NotFound, Stale,
    Conflict; Invalid for a moment that is not ahead."""
    with feed.transaction():
        row = models.tasks.find(by.tenant_id, task_id)
        row.expect(expected)
        moment = until if isinstance(until, datetime) else morning_of(until, copies.home(by.tenant_id).time_zone)
        if moment <= now:
            raise Invalid("A task is snoozed until later.", errors={"until": ["It is not ahead of us."]})
        row.write(
            status=states.TASK.after("snooze", row.status), snoozed_until=moment, snooze_reason=reason, updated_at=now
        )
        acts.record(by, "snoozed task", "task", row.id, now=now, reason=reason)
        return row


def unsnooze(by: By, task_id: str, *, now: datetime, expected: int | None = None) -> Task:
    """Bring a snoozed task back now. NotFound, Stale, Conflict."""
    with feed.transaction():
        row = models.tasks.find(by.tenant_id, task_id)
        row.expect(expected)
        row.write(status=states.TASK.after("unsnooze", row.status), snoozed_until=None, updated_at=now)
        acts.record(by, "unsnoozed task", "task", row.id, now=now)
        return row


def remove(by: By, task_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a task with its sub-tasks. NotFound, Stale; Conflict while the executor has it."""
    with feed.transaction():
        row = models.tasks.find(by.tenant_id, task_id)
        row.expect(expected)
        if row.execution_status in ("queued", "running"):
            raise Conflict(f"The executor has it: it is {row.execution_status}.", allowed=[])
        models.tasks.remove(row)
        if row.auto_execute and row.execution_id:
            feed.mark("workflow-execution", row.execution_id, row.tenant_id)
        acts.record(by, "removed task", "task", row.id, now=now, details={"title": row.title})


def morning_of(day: date, time_zone: str) -> datetime:
    """08:00 of that day in a time zone."""
    return datetime.combine(day, RESURFACES_AT, ZoneInfo(time_zone))
