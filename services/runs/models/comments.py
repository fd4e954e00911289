"""Queries and writes on comments on runs; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.runs.models.database import feed
from services.runs.models.tables import Comment, GuidedRun
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound


def of_run(run: GuidedRun, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """The comments on a run and its steps, newest first, without removed ones."""
    order = [(Comment.at, "desc"), (Comment.id, "desc")]
    return pagination.page(_of(run), order, limit=limit, offset=offset, cursor=cursor)


def find(run: GuidedRun, comment_id: str) -> Comment:
    """The comment. NotFound for another run's, and for a removed one."""
    row = _of(run).where(Comment.id == comment_id).first()
    if row is None:
        raise NotFound(f"There is no comment {comment_id} on this run.")
    return row


def _of(run: GuidedRun) -> Any:
    return Comment.for_tenant(run.tenant_id).where(Comment.run_id == run.id, Comment.deleted_at.is_null())


def add(**values: Any) -> Comment:
    """Write a comment."""
    row = Comment.create(**values)
    feed.mark("guided-run", row.run_id, row.tenant_id)
    return row
