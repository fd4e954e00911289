"""Adds and removes comments on a run or its steps; people who are mentioned get a notification."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.runs import models, people
from services.runs.models import Comment, acts, feed
from shared.ground.errors import Forbidden
from shared.ground.principal import Principal

SHOWN_OF_BODY = 200


@dataclass(frozen=True, kw_only=True)
class AddComment:
    """Add a comment on a run or one of its steps. People are mentioned as @Name or @address in the body, or by id."""

    body: str
    step_id: str | None = None
    mentions: list[str] = field(default_factory=list)


def add(by: Principal, run_id: str, command: AddComment, *, comment_id: str, now: datetime) -> Comment:
    """Add a comment. NotFound for another run's step; Invalid for a mention of somebody who is not in the tenant."""
    with feed.transaction():
        run = models.runs.find(by.tenant_id, run_id)
        step = models.runs.step_of(run, command.step_id) if command.step_id else None
        mentions = people.mentioned(by.tenant_id, command.body, command.mentions)
        row = models.comments.add(
            id=comment_id,
            tenant_id=by.tenant_id,
            run_id=run.id,
            step_id=step.id if step else None,
            body=command.body,
            mentions=mentions,
            by=by.as_json(),
            at=now,
        )
        where = f"“{step.title}” in {run.name}" if step else run.name
        for person_id in mentions:
            if person_id != by.id:
                title, body = f"{by.name} mentioned you in {where}", command.body[:SHOWN_OF_BODY]
                people.notify(by, run, person_id, "mention", title, body, row.id, now)
        details = {"commentId": row.id} | ({"stepId": step.id, "step": step.title} if step else {})
        acts.record(by, "commented", "guided-run", run.id, now=now, details=details)
        return row


def remove(by: Principal, run_id: str, comment_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Remove the caller's own comment. NotFound, Stale; Forbidden for that of another person."""
    with feed.transaction():
        run = models.runs.find(by.tenant_id, run_id)
        row = models.comments.find(run, comment_id)
        row.expect(expected)
        if row.by["id"] != by.id:
            raise Forbidden("Only who wrote a comment takes it back.")
        row.write(deleted_at=now)
        models.runs.mark(run)
        details = {"commentId": row.id, "stepId": row.step_id}
        acts.record(by, "took a comment back", "guided-run", run.id, now=now, details=details)
