"""Queries and writes on tasks; each is limited to one tenant, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import peewee

from services.workflows.models.database import feed
from services.workflows.models.tables import CUSTOMER, PARTNERSHIP, TASK_ORDER, Task
from shared.contracts.paging import Page
from shared.contracts.tasks import OPEN
from shared.database import pagination
from shared.database.connection import DatabaseError
from shared.database.model import ROWS_AT_ONCE, Columns, insert_rows

TOP_LEVEL = "none"
PAYLOADS = (Task.metadata, Task.execution_result, Task.evidence, Task.standing_effects, Task.description)


def get(tenant_id: str, task_id: str) -> Task:
    """The task. NotFound for another tenant's too."""
    return Task.get_for(tenant_id, task_id)


def get_or_none(tenant_id: str, task_id: str) -> Task | None:
    """The task, or None."""
    return Task.get_or_none_for(tenant_id, task_id)


def is_taken(task_id: str) -> bool:
    """Whether a task with this id exists in any tenant."""
    return Task.of_all_tenants(Task.id).where(Task.id == task_id).exists()


def get_or_none_for_update(tenant_id: str, task_id: str) -> Task | None:
    """The task or None, locked until the transaction ends."""
    return Task.get_or_none_for(tenant_id, task_id, for_update=True)


def listed(
    tenant_id: str,
    *,
    auto_execute: bool | None,
    execution_status: str | None,
    status: str | None,
    owner: str | None,
    customer_id: str | None,
    execution_id: str | None,
    partnership_id: str | None,
    parent_task_id: str | None,
    due_before: date | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """A tenant's tasks without their payloads, by priority and then the oldest first. With `parent_task_id` "none",
    sub-tasks are left out."""
    query = Task.for_tenant(tenant_id, *(field for field in Task._meta.sorted_fields if field not in PAYLOADS))
    wanted = (
        (Task.auto_execute, auto_execute),
        (Task.execution_status, execution_status),
        (Task.status, status),
        (Task.owner, owner),
        (Task.execution_id, execution_id),
    )
    for field, value in wanted:
        if value is not None:
            query = query.where(field == value)
    for kind, subject_id in ((CUSTOMER, customer_id), (PARTNERSHIP, partnership_id)):
        if subject_id is not None:
            query = query.where((Task.subject_kind == kind) & (Task.subject_id == subject_id))
    if parent_task_id == TOP_LEVEL:
        query = query.where(Task.parent_task_id.is_null())
    elif parent_task_id:
        query = query.where(Task.parent_task_id == parent_task_id)
    if due_before:
        query = query.where(Task.due_date < due_before)
    return pagination.page(query, [(field, "asc") for field in TASK_ORDER], limit=limit, offset=offset, cursor=cursor)


def subject(kind: str, subject_id: str | None, name: str | None = None) -> dict[str, str | None]:
    """The columns for the subject of a task; empty for no subject."""
    return {"subject_kind": kind, "subject_id": subject_id, "subject_name": name} if subject_id else {}


def add(**values: Any) -> Task:
    """Write a new task."""
    row = Task.create(**values)
    row.mark()
    return row


def add_many(rows: Sequence[Columns]) -> dict[str, str]:
    """Insert many tasks in few statements. Returns `{id: reason}` for those that the database refused. Call it inside a
    transaction.

    If a statement is refused, its rows are inserted one by one, each in a savepoint, so that the good ones are kept.
    """
    refused: dict[str, str] = {}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = rows[start : start + ROWS_AT_ONCE]
        try:
            with feed.savepoint():
                insert_rows(Task, block)
        except DatabaseError:
            refused |= _one_by_one(block)
    return refused


def _one_by_one(rows: Sequence[Columns]) -> dict[str, str]:
    refused = {}
    for row in rows:
        try:
            with feed.savepoint():
                insert_rows(Task, [row])
        except DatabaseError as error:
            refused[row["id"]] = f"the database refused it: {error}"[:300]
    return refused


def drop(tenant_id: str, task_ids: Sequence[str]) -> None:
    """Delete the tasks with these ids, which were written in this transaction."""
    if task_ids:
        Task.delete_for(tenant_id).where(Task.id.in_(list(task_ids))).execute()


def sub_tasks(task: Task) -> list[Task]:
    """The sub-tasks of a task in their order."""
    query = Task.for_tenant(task.tenant_id).where(Task.parent_task_id == task.id)
    return list(query.order_by(*TASK_ORDER))


def of_execution(tenant_id: str, execution_id: str, *, only_ai: bool = False) -> list[Task]:
    """The tasks of an execution in their order."""
    query = Task.for_tenant(tenant_id).where(Task.execution_id == execution_id)
    return list((query.where(Task.auto_execute) if only_ai else query).order_by(*TASK_ORDER))


def progress_of(tenant_id: str, task_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """(completed sub-tasks, all sub-tasks) of each of these tasks that has any."""
    done = peewee.fn.SUM(peewee.Case(None, [(Task.status == "completed", 1)], 0))
    query: Any = (
        Task.for_tenant(tenant_id, Task.parent_task_id, done.alias("done"), peewee.fn.COUNT(Task.id).alias("total"))
        .where(Task.parent_task_id.in_(list(task_ids)))
        .group_by(Task.parent_task_id)
    )
    return {row.parent_task_id: (int(row.done), int(row.total)) for row in query}


def ai_counts(execution_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many AI tasks of each of these executions, of any tenant, are in each execution status."""
    # The feed reads the executions of all tenants.
    query: Any = (
        Task.of_all_tenants(Task.execution_id, Task.execution_status, peewee.fn.COUNT(Task.id).alias("total"))
        .where(Task.execution_id.in_(list(execution_ids)) & Task.auto_execute)
        .group_by(Task.execution_id, Task.execution_status)
    )
    counts: dict[str, dict[str, int]] = {}
    for row in query:
        counts.setdefault(str(row.execution_id), {})[str(row.execution_status)] = int(row.total)
    return counts


def open_of_customer(tenant_id: str, customer_id: str, *, limit: int) -> list[str]:
    """The ids of a customer's open tasks for people, without sub-tasks."""
    query = Task.for_tenant(tenant_id, Task.id).where(
        (Task.subject_kind == CUSTOMER)
        & (Task.subject_id == customer_id)
        & Task.status.in_(OPEN)
        & ~Task.auto_execute
        & Task.parent_task_id.is_null()
    )
    return [row.id for row in query.order_by(*TASK_ORDER).limit(limit)]


def resurface(now: datetime) -> list[Task]:
    """Open some snoozed tasks of all tenants whose time has come, the longest overdue first. Call it until it returns
    none, each time inside a transaction."""
    due = Task.of_all_tenants(Task.id).where((Task.status == "snoozed") & (Task.snoozed_until <= now))
    query = (
        Task.update_of_all_tenants(status="open", snoozed_until=None, updated_at=now, version=Task.version + 1)
        .where(Task.id.in_(due.order_by(Task.snoozed_until).limit(ROWS_AT_ONCE)) & (Task.status == "snoozed"))
        .returning(Task.id, Task.tenant_id, Task.source_service)
    )
    rows = list(query.execute())
    for row in rows:
        row.mark()
    return rows


def remove(task: Task) -> None:
    """Delete a task with its sub-tasks."""
    Task.delete_for(task.tenant_id).where(Task.parent_task_id == task.id).execute()
    task.delete_instance()
    task.mark()
