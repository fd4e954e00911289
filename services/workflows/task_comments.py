"""Adds and removes comments on tasks; people who are mentioned get a notification."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models, task_owners
from services.workflows.commands import CommentOnTask
from services.workflows.models import TaskComment, acts, feed, replicas
from shared.contracts.mentions import mentioned
from shared.ground.errors import Forbidden
from shared.ground.principal import Principal

SHOWN_OF_BODY = 200


def add(by: Principal, task_id: str, command: CommentOnTask, *, comment_id: str, now: datetime) -> TaskComment:
    """Add a comment. NotFound for the task; Invalid for a mention of somebody who is not in the tenant."""
    with feed.transaction():
        task = models.tasks.get(by.tenant_id, task_id)
        mentions = mentioned(replicas.people.active(by.tenant_id), command.body, command.mentions)
        row = models.task_comments.add(
            id=comment_id,
            tenant_id=by.tenant_id,
            task_id=task.id,
            body=command.body,
            mentions=mentions,
            by=by.as_json(),
            at=now,
        )
        for person_id in mentions:
            if person_id != by.id:
                title, body = f"{by.name} mentioned you in “{task.title}”", command.body[:SHOWN_OF_BODY]
                task_owners.notify(by, task, person_id, "mention", title, body, f"/app/tasks/{task.id}", now)
        acts.record(by, "commented", "task", task.id, now=now, details={"commentId": row.id})
        return row


def remove(by: Principal, task_id: str, comment_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Remove the caller's own comment. NotFound, Stale; Forbidden for that of another person."""
    with feed.transaction():
        task = models.tasks.get(by.tenant_id, task_id)
        row = models.task_comments.find(task, comment_id)
        row.expect(expected)
        if row.by["id"] != by.id:
            raise Forbidden("Only who wrote a comment takes it back.")
        row.write(deleted_at=now)
        acts.record(by, "took a comment back", "task", task.id, now=now, details={"commentId": row.id})
