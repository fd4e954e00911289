"""Gives tasks to people, and tells them. Call it inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.workflows import models
from services.workflows.models import Task, acts
from services.workflows.task_moves import ENDED
from shared.ground import ids
from shared.ground.errors import Conflict
from shared.ground.principal import Principal

SHOWN_OF_NOTE = 200


def give(by: Principal, row: Task, owner: str, note: str | None, *, comment_id: str, now: datetime) -> bool:
    """Make a person the owner of a task; the note becomes a comment on it. Returns whether anything changed. Conflict if
    it has ended."""
    if row.status in ENDED:
        raise Conflict(f"It is {row.status}.", allowed=["reopen"])
    if row.owner == owner and not note:
        return False
    row.write(owner=owner, updated_at=now)
    if note:
        models.task_comments.add(
            id=comment_id, tenant_id=row.tenant_id, task_id=row.id, body=note, mentions=[owner], by=by.as_json(), at=now
        )
    acts.record(by, "handed over task", "task", row.id, now=now, reason=note, details={"owner": owner})
    return True


def tell(by: Principal, rows: Sequence[Task], owner: str | None, note: str | None, *, now: datetime) -> None:
    """Request one notification of a new owner about all of these tasks, unless they gave them to themselves."""
    if not rows or owner in (None, by.id):
        return
    first, more = rows[0], len(rows) - 1
    what = f"“{first.title}” is yours now" if not more else f"“{first.title}” and {more} more are yours now"
    link = f"/app/tasks/{first.id}" if not more else "/app/tasks"
    body = f"{by.name} gave {'it' if not more else 'them'} to you." + (f" {note[:SHOWN_OF_NOTE]}" if note else "")
    notify(by, first, owner, "assigned", what, body, link, now)


def notify(
    by: Principal, row: Task, recipient: str | None, kind: str, title: str, body: str, link: str, now: datetime
) -> None:
    """Request a notification about a task from the monitor."""
    models.requests.notify(
        ids.named("notification", kind, row.id, str(recipient), now.isoformat()),
        tenant_id=row.tenant_id,
        source_id=row.id,
        recipient_id=recipient,
        kind=kind,
        title=title,
        body=body,
        link=link,
        by=by.as_json(),
        now=now,
    )
