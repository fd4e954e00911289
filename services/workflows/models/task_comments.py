"""Queries and writes on comments on tasks; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.workflows.models.tables import Task
from services.workflows.models.task_tables import TaskComment
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound


def of_task(task: Task, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """The comments on a task, newest first, without removed ones."""
    order = [(TaskComment.at, "desc"), (TaskComment.id, "desc")]
    return pagination.page(_of(task), order, limit=limit, offset=offset, cursor=cursor)


def find(task: Task, comment_id: str) -> TaskComment:
    """The comment. NotFound for another task's, and for a removed one."""
    row = _of(task).where(TaskComment.id == comment_id).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id} on this task.")
    return row


def add(**values: Any) -> TaskComment:
    """Write a comment."""
    return TaskComment.create(**values)


def _of(task: Task) -> Any:
    return TaskComment.for_tenant(task.tenant_id).where(
        TaskComment.task_id == task.id, TaskComment.deleted_at.is_null()
    )
