"""Queries and writes on tasks; each is limited to one tenant, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import peewee

from services.workflows.models.database import feed, words
from services.workflows.models.tables import CUSTOMER, TASK_ORDER, Task, placed
from services.workflows.models.task_tables import TaskComment
from shared.contracts.tasks import OPEN
from shared.database.connection import DatabaseError
from shared.database.model import ROWS_AT_ONCE, Columns, insert_rows, locked

KIND = "task"


def get(tenant_id: str, task_id: str, *, for_update: bool = False) -> Task:
    """The task. NotFound for another tenant's too. `for_update` locks it until the transaction ends."""
    return Task.get_for(tenant_id, task_id, for_update=for_update)


def get_or_none(tenant_id: str, task_id: str) -> Task | None:
    """The task, or None."""
    return Task.get_or_none_for(tenant_id, task_id)


def is_taken(task_id: str) -> bool:
    """Whether a task with this id exists in any tenant."""
    return Task.of_all_tenants(Task.id).where(Task.id == task_id).exists()


def get_or_none_for_update(tenant_id: str, task_id: str) -> Task | None:
    """The task or None, locked until the transaction ends."""
    return Task.get_or_none_for(tenant_id, task_id, for_update=True)


def subject(kind: str, subject_id: str | None, name: str | None = None) -> dict[str, str | None]:
    """The columns for the subject of a task; empty for no subject."""
    return {"subject_kind": kind, "subject_id": subject_id, "subject_name": name} if subject_id else {}


def get_many(tenant_id: str, task_ids: Sequence[str]) -> dict[str, Task]:
    """Those of these tasks that are in the tenant, by id, locked until the transaction ends, always in the same order."""
    query = Task.for_tenant(tenant_id).where(Task.id.in_(list(task_ids))).order_by(Task.id)
    return {row.id: row for row in locked(query)}


def get_many_with_parts(tenant_id: str, task_ids: Sequence[str]) -> tuple[list[Task], dict[str, Task]]:
    """The sub-tasks of these tasks, and those of these tasks that are in the tenant, by id; all locked until the
    transaction ends."""
    rows = get_many(tenant_id, task_ids)
    query = Task.for_tenant(tenant_id).where(Task.parent_task_id.in_(list(rows))).order_by(Task.id)
    return list(locked(query)), rows


def add(**values: Any) -> Task:
    """Write a new task."""
    row = Task.create(**placed(values))
    _index_words(row, new=True)
    row.mark()
    return row


def change(row: Task, **values: Any) -> None:
    """Write changed columns of a task, and the words by which it is found."""
    row.write(**values)
    if "title" in values:
        _index_words(row)


def _index_words(row: Task, *, new: bool = False) -> None:
    words.index(KIND, row.tenant_id, row.id, [row.title, row.subject_name], new=new)


def add_many(rows: Sequence[Columns]) -> dict[str, str]:
    """Insert many tasks in few statements. Returns `{id: reason}` for those that the database refused. Call it inside a
    transaction.

    If a statement is refused, its rows are inserted one by one, each in a savepoint, so that the good ones are kept.
    """
    refused: dict[str, str] = {}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = [placed(row) for row in rows[start : start + ROWS_AT_ONCE]]
        try:
            with feed.savepoint():
                insert_rows(Task, block)
        except DatabaseError:
            refused |= _one_by_one(block)
    words.index_new(KIND, [(row["tenant_id"], row["id"], [row["title"]]) for row in rows if row["id"] not in refused])
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
    for task_id in task_ids:
        words.drop(KIND, tenant_id, task_id)
    if task_ids:
        Task.delete_for(tenant_id).where(Task.id.in_(list(task_ids))).execute()


def sub_tasks(task: Task, *, for_update: bool = False) -> list[Task]:
    """The sub-tasks of a task in their order; `for_update` locks them until the transaction ends."""
    query = Task.for_tenant(task.tenant_id).where(Task.parent_task_id == task.id).order_by(*TASK_ORDER)
    return list(locked(query) if for_update else query)


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
    """Delete a task with its sub-tasks and the comments on them."""
    both = [task.id, *(part.id for part in sub_tasks(task))]
    for task_id in both:
        words.drop(KIND, task.tenant_id, task_id)
    TaskComment.delete_for(task.tenant_id).where(TaskComment.task_id.in_(both)).execute()
    Task.delete_for(task.tenant_id).where(Task.parent_task_id == task.id).execute()
    task.delete_instance()
    task.mark()
