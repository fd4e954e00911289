"""What people say to each other about a run or a step of it; whoever is mentioned is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import models, people
from services.runs.models import Comment, acts, feed
from shared.acts import By
from shared.errors import Forbidden

SHOWN_OF_BODY = 200


def add(by: By, run_id: str, told: dict[str, Any], *, comment_id: str, now: datetime) -> Comment:
    """Say something: `told` is {body, step_id?, mentions?}. People are mentioned as @Name or @address in the body, or by
    id. NotFound for another run's step; Invalid for a mention of nobody here."""
    with feed.transaction():
        run = models.runs.find(by.tenant_id, run_id)
        step = models.runs.step_of(run, told["step_id"]) if told.get("step_id") else None
        mentions = people.mentioned(by.tenant_id, told["body"], told.get("mentions") or [])
        row = models.comments.add(
            id=comment_id,
            tenant_id=by.tenant_id,
            run_id=run.id,
            step_id=step.id if step else None,
            body=told["body"],
            mentions=mentions,
            by=by.as_json(),
            at=now,
        )
        where = f"“{step.title}” in {run.name}" if step else run.name
        for person_id in mentions:
            if person_id != by.id:
                title, body = f"{by.name} mentioned you in {where}", told["body"][:SHOWN_OF_BODY]
                people.notify(by, run, person_id, "mention", title, body, row.id, now)
        details = {"commentId": row.id} | ({"stepId": step.id, "step": step.title} if step else {})
        acts.record(by, "commented", "guided-run", run.id, now=now, details=details)
        return row


def remove(by: By, run_id: str, comment_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Take one's own comment back. NotFound, Stale; Forbidden for somebody else's."""
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
