"""Creates, changes, completes, reopens, snoozes, hands over and removes tasks, and requests the AI ones from the executor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.workflows import models, stages, states, task_moves, task_owners
from services.workflows.commands import ChangeTask, CreateTask
from services.workflows.models import CUSTOMER, Task, acts, feed, replicas
from services.workflows.planning.validation import Checker
from shared.contracts.commands import given
from shared.contracts.references import people_in
from shared.database.model import Columns
from shared.ground.errors import Conflict, Forbidden, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings_table import DAILY_AT

MACHINE = ("execution_status", "execution_result")
NO_COLUMNS = ("status", "reason", "sub_tasks")
NO_PART = "The task has no such sub-task."


def create(by: Principal, command: CreateTask, *, task_id: str, now: datetime) -> Task:
    """Create a task; an AI task (`auto_execute`) is queued at once.

    NotFound for an unknown customer, execution or parent; Invalid for an owner or a person in the metadata who is not
    in the tenant, for a processor or metadata that cannot be executed, for an AI task of an execution (those come from
    its plan), and for a sub-task that is an AI task or belongs to a sub-task.
    """
    with feed.transaction():
        _check_place(by.tenant_id, command)
        replicas.people.require(by, command.owner)
        ai = _ai_columns(by, command, task_id) if command.auto_execute else {}
        columns = given(command) | {"status": "open", "created_at": now, "updated_at": now} | ai
        subject = models.tasks.subject(CUSTOMER, columns.pop("customer_id"))
        row = models.tasks.add(id=task_id, tenant_id=by.tenant_id, **columns, **subject)
        if row.auto_execute:
            request_ai_task(by, row, request_id=row.id, retry_of=None, now=now)
        acts.record(by, "created task", "task", row.id, now=now, details={"title": row.title})
        return row


def _check_place(tenant_id: str, command: CreateTask) -> None:
    if command.customer_id:
        models.customers.get_kept(tenant_id, command.customer_id)
    if command.execution_id:
        models.executions.get(tenant_id, command.execution_id)
        if command.auto_execute:
            why = "The AI tasks of an execution come from its action plan."
            raise Invalid(why, errors={"executionId": [why]})
    if command.parent_task_id:
        parent = models.tasks.get(tenant_id, command.parent_task_id)
        if parent.parent_task_id or command.auto_execute:
            why = "A sub-task is a person's, and belongs to a task that is no sub-task."
            raise Invalid(why, errors={"parentTaskId": [why]})


def _ai_columns(by: Principal, command: CreateTask, task_id: str) -> Columns:
    item = given(command) | {"estimatedCompletionTime": command.estimated_completion_time}
    if problems := checker().ai_task(item):
        errors: dict[str, list[str]] = {}
        for problem in problems:
            name, _, why = problem.partition(": ")
            errors.setdefault(name, []).append(why)
        raise Invalid("This cannot be executed.", errors=errors)
    require_people_in(by, item["processor"], item["metadata"], "metadata")
    return {"execution_status": "queued", "run_id": task_id}


def checker() -> Checker:
    """The checker for the processors that the executor has, and for the stages here."""
    return Checker(replicas.metadata_schemas(), [stage.key for stage in stages.STAGES])


def require_people_in(by: Principal, processor: str, metadata: JsonObject, field: str) -> None:
    """Invalid, naming its place under `field`, for a person in an AI task's metadata who is not in the tenant."""
    for name, person_id in people_in(replicas.metadata_schemas().get(processor, {}), metadata).items():
        replicas.people.require(by, person_id, field=f"{field}.{name}")


def source_of(task: Task) -> tuple[str, str]:
    """The source of a task's AI task as (kind, id): the execution to whose plan it belongs, else the task itself."""
    return ("workflow-execution", task.execution_id) if task.execution_id else ("task", task.id)


def request_ai_task(by: Principal, task: Task, *, request_id: str, retry_of: str | None, now: datetime) -> None:
    """Request the AI task of a task from the executor. Call it inside a transaction."""
    models.requests.request_ai_tasks([ai_task_request(by, task, request_id=request_id, retry_of=retry_of, now=now)])


def ai_task_request(
    by: Principal, task: Task, *, request_id: str, retry_of: str | None = None, now: datetime
) -> Columns:
    """The columns of a request to the executor for a task's AI task."""
    source_kind, source_id = source_of(task)
    return {
        "id": request_id,
        "tenant_id": task.tenant_id,
        "title": task.title,
        "processor": task.processor,
        "metadata": task.metadata,
        "priority": task.priority,
        "subject": task.customer_id,
        "source_kind": source_kind,
        "source_id": source_id,
        "retry_of": retry_of,
        "by": by.as_json(),
        "created_at": now,
    }


def change(
    by: Principal,
    task_id: str,
    command: ChangeTask,
    *,
    now: datetime,
    expected: int | None = None,
    is_service: bool = False,
) -> Task:
    """Change the given fields of a task, including its status.

    NotFound; Stale; Conflict naming what its status allows, or naming its open sub-tasks if it ends and `sub_tasks`
    does not say what happens to them; Invalid for an owner who is not in the tenant, and for the status snoozed, which
    needs `snooze`; Forbidden when a person writes the status or result of an execution.
    """
    changes = given(command)
    if not is_service and any(name in changes for name in MACHINE):
        raise Forbidden("ExecutionStatus and executionResult are written by services only.")
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        columns = {name: value for name, value in changes.items() if name not in NO_COLUMNS}
        if "customer_id" in columns:
            columns |= _another_customer(row, columns.pop("customer_id"))
        new_owner = columns.get("owner", row.owner) != row.owner
        if new_owner:
            replicas.people.require(by, columns["owner"])
        if changes.get("status", row.status) != row.status:
            columns |= task_moves.moved(row, changes["status"], now)
        open_parts = task_moves.open_parts(row) if columns.get("status") in task_moves.ENDED else []
        if open_parts and "sub_tasks" not in changes:
            raise task_moves.parts_are_open(open_parts)
        verb = _verb(row, columns.get("status"))
        models.tasks.change(row, updated_at=now, **columns)
        moved = [part.id for part in task_moves.move_parts(open_parts, changes.get("sub_tasks"), now)]
        task_moves.mark_execution(row)
        if new_owner and not is_service:
            task_owners.tell(by, [row], row.owner, None, now=now)
        details = {"fields": sorted(changes), **({"subTasks": moved} if moved else {})}
        acts.record(by, verb, "task", row.id, now=now, reason=changes.get("reason"), details=details)
        return row


def _another_customer(row: Task, customer_id: str | None) -> Columns:
    """The columns of a task that is about another customer, or none. NotFound; Invalid for one that is part of something
    else, or about a partnership."""
    if customer_id == row.customer_id:
        return {}
    if row.execution_id or row.parent_task_id or row.partnership_id:
        why = "What it belongs to says what it is about."
        raise Invalid(why, errors={"customerId": [why]})
    if customer_id:
        models.customers.get_kept(row.tenant_id, customer_id)
    return {"subject_kind": CUSTOMER if customer_id else None, "subject_id": customer_id, "subject_name": None}


def _verb(row: Task, status: str | None) -> str:
    """The verb of a change in the audit trail."""
    if status == "open" and row.status in task_moves.ENDED:
        return "reopened task"
    return {"completed": "completed task", "cancelled": "cancelled task"}.get(status or "", "changed task")


def reopen(
    by: Principal, task_id: str, *, sub_task_ids: Sequence[str] = (), now: datetime, expected: int | None = None
) -> Task:
    """Reopen a completed or cancelled task, and those of its named sub-tasks that have ended too.

    NotFound; Stale; Conflict if it has not ended, and for an AI task, which is run again instead; Invalid for an id
    that is not one of its sub-tasks.
    """
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        parts = {part.id: part for part in models.tasks.sub_tasks(row, for_update=True)}
        unknown = {f"subTaskIds.{place}": [NO_PART] for place, id_ in enumerate(sub_task_ids) if id_ not in parts}
        if unknown:
            raise Invalid(NO_PART, errors=unknown)
        if row.status not in task_moves.ENDED:
            raise Conflict(f"It is {row.status.replace('_', ' ')}.", allowed=states.TASK.allowed(row.status))
        row.write(updated_at=now, **task_moves.moved(row, "open", now))
        again = [parts[id_] for id_ in dict.fromkeys(sub_task_ids) if parts[id_].status in task_moves.ENDED]
        for part in again:
            part.write(updated_at=now, **task_moves.moved(part, "open", now))
        details = {"subTasks": [part.id for part in again]} if again else {}
        acts.record(by, "reopened task", "task", row.id, now=now, details=details)
        return row


def snooze(
    by: Principal,
    task_id: str,
    until: datetime | date,
    reason: str | None,
    *,
    now: datetime,
    daily_at: str = DAILY_AT,
    expected: int | None = None,
) -> Task:
    """Snooze a task until a time, or until the morning of a day. The worker opens it then.

    NotFound, Stale, Conflict; Invalid for a time in the past.
    """
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        task_moves.snooze(row, task_moves.moment_of(by.tenant_id, until, now, daily_at), reason, now)
        acts.record(by, "snoozed task", "task", row.id, now=now, reason=reason)
        return row


def hand_over(
    by: Principal,
    task_id: str,
    owner: str,
    note: str | None,
    *,
    comment_id: str,
    now: datetime,
    expected: int | None = None,
) -> Task:
    """Give a task to a person, who is told; the note becomes a comment on it. NotFound; Stale; Conflict if it has ended;
    Invalid for a person who is not in the tenant, or has left."""
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        replicas.people.require(by, owner)
        if task_owners.give(by, row, owner, note, comment_id=comment_id, now=now):
            task_owners.tell(by, [row], owner, note, now=now)
        return row


def unsnooze(by: Principal, task_id: str, *, now: datetime, expected: int | None = None) -> Task:
    """Open a snoozed task now. NotFound, Stale, Conflict."""
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id)
        row.expect(expected)
        row.write(status=states.TASK.after("unsnooze", row.status), snoozed_until=None, updated_at=now)
        acts.record(by, "unsnoozed task", "task", row.id, now=now)
        return row


def remove(by: Principal, task_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a task with its sub-tasks. NotFound, Stale; Conflict while it is queued or running at the executor."""
    with feed.transaction():
        row = models.tasks.get(by.tenant_id, task_id, for_update=True)
        row.expect(expected)
        if row.execution_status in ("queued", "running"):
            raise Conflict(f"The executor has it: it is {row.execution_status}.", allowed=[])
        models.tasks.remove(row)
        task_moves.mark_execution(row)
        acts.record(by, "removed task", "task", row.id, now=now, details={"title": row.title})
