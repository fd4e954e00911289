"""Every statement on requests to other contexts, and on trackings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import peewee

from services.executor.models.tables import AiTask, Request, Tracking, feed
from shared import statements

KINDS = ("task-request", "trigger-request", "notification-request")
RELEASED_AT_ONCE = 500


def make(
    request_id: str,
    kind: str,
    *,
    tenant_id: str,
    task_id: str,
    body: Mapping[str, Any],
    now: datetime,
    release_at: datetime | None = None,
) -> None:
    """Write a request and tell it, at once or from `release_at` on; one with this id already is nothing new."""
    release = release_at or now
    row = {
        "id": request_id,
        "tenant_id": tenant_id,
        "kind": kind,
        "task_id": task_id,
        "body": body,
        "created_at": now,
        "release_at": release,
        "released": release <= now,
    }
    if statements.insert_if_new(Request, row) and release <= now:
        feed.mark(kind, request_id, tenant_id)


def release_due(*, now: datetime) -> int:
    """Tell the requests whose moment has come; how many."""
    held = peewee.SQL("NOT released")
    due = Request.select(Request.id).where(held, Request.release_at <= now).limit(RELEASED_AT_ONCE)
    released = list(Request.update(released=True).where(held, Request.id.in_(due)).returning(Request).execute())
    for request in released:
        feed.mark(request.kind, request.id, request.tenant_id)
    return len(released)


def finished_without(kind: str, *, since: datetime, limit: int = 500) -> list[AiTask]:
    """Tasks that ended well or badly since then, and have no request of this kind."""
    asked = Request.select(Request.id).where((Request.task_id == AiTask.id) & (Request.kind == kind))
    return list(
        AiTask.select()
        .where((AiTask.finished_at >= since) & AiTask.status.in_(["success", "failed"]) & ~peewee.fn.EXISTS(asked))
        .order_by(AiTask.finished_at)
        .limit(limit)
    )


def track(*, tenant_id: str, email_id: str, task_id: str, now: datetime, **facts: Any) -> None:
    """Begin to count for an e-mail; one that is counted already goes on from its counts."""
    Tracking.insert(
        tenant_id=tenant_id, email_id=email_id, task_id=task_id, created_at=now, **facts
    ).on_conflict_ignore().execute()


def tracked(tenant_id: str, email_id: str) -> Tracking | None:
    """What is counted about an e-mail."""
    return Tracking.get_or_none((Tracking.tenant_id == tenant_id) & (Tracking.email_id == email_id))
