"""The statements on requests to other contexts, and on trackings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from services.executor.models.tables import AiTask, Request, Tracking, outgoing_requests

add, notify, release_due = outgoing_requests.add, outgoing_requests.notify, outgoing_requests.release_due


def finished_without_request(kind: str, *, since: datetime, limit: int = 500) -> list[AiTask]:
    """Tasks of any tenant that ended with success or failure since then and have no request of this kind."""
    requests = Request.for_tenant(AiTask.tenant_id, Request.id)
    requested = requests.where((Request.source_id == AiTask.id) & (Request.kind == kind))
    return list(
        AiTask.of_all_tenants()
        .where((AiTask.finished_at >= since) & AiTask.status.in_(["success", "failed"]) & ~peewee.fn.EXISTS(requested))
        .order_by(AiTask.finished_at)
        .limit(limit)
    )


def track(*, tenant_id: str, email_id: str, task_id: str, now: datetime, **columns: Any) -> None:
    """Start counting for an e-mail. If it is counted already, its counts stay."""
    Tracking.insert(
        tenant_id=tenant_id, email_id=email_id, task_id=task_id, created_at=now, **columns
    ).on_conflict_ignore().execute()
