"""The indexes of the lists of tasks: one in the order of each list, and one that begins with the owner.

Each ends with the columns that a list tests, so that rows are tested and counted without being read. SQLite has no
statistics here: an index that could be mistaken for a better one must not exist, therefore those of one status are
partial.
"""

from __future__ import annotations

from typing import Any

import peewee

from services.workflows.models.tables import AI, COMPLETED, SNOOZED, TASK_ORDER, TO_DO, TO_DO_WHOLE, Task

TESTED = (Task.parent_task_id, Task.status, Task.auto_execute)
SUBJECT = (Task.subject_kind, Task.subject_id)
BY_DAY = (Task.due_order, Task.priority, Task.id)
BY_RETURN, BY_END = (Task.snoozed_until, Task.id), (Task.completed_at, Task.id)


def _add(name: str, *columns: peewee.Field, where: Any = None) -> None:
    Task.add_index(Task.index(Task.tenant_id, *columns, where=where, name=f"idx_tasks_{name}"))


_add("list", *TASK_ORDER, Task.owner, *TESTED, Task.execution_status)
_add("status", Task.status, *TASK_ORDER, Task.owner, Task.parent_task_id, Task.auto_execute)
_add("owner", Task.owner, *TASK_ORDER, *TESTED, Task.execution_status)
_add("subject", *SUBJECT, *TASK_ORDER)
_add("execution", Task.execution_id, *TASK_ORDER)
_add("parent", Task.parent_task_id, *TASK_ORDER, Task.status)
_add("due", *BY_DAY, Task.owner, *TESTED)
_add("todo_counted", *SUBJECT, *TESTED, where=TO_DO_WHOLE)

for _name, _order, _where in (
    ("todo", BY_DAY, TO_DO),
    ("snoozed", BY_RETURN, SNOOZED),
    ("completed", BY_END, COMPLETED),
):
    _add(_name, *_order, Task.owner, *TESTED, where=_where)
    _add(f"{_name}_owner", Task.owner, *_order, *TESTED, where=_where)
_add("todo_subject", *SUBJECT, *BY_DAY, where=TO_DO)

_add("auto_execute", *TASK_ORDER, Task.owner, *TESTED, Task.execution_status, where=AI)
_add("auto_execute_owner", Task.owner, *TASK_ORDER, *TESTED, Task.execution_status, where=AI)
_add(
    "execution_status",
    *(Task.execution_status, *TASK_ORDER, Task.owner, *TESTED),
    where=peewee.SQL("execution_status IS NOT NULL"),
)

Task.add_index(Task.index(Task.snoozed_until, where=SNOOZED, name="idx_tasks_resurfacing"))
