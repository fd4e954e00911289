"""Requests to the executor and the monitor: rows of our own feed; and those of others that were fulfilled here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.workflows.models.exchange import AiTaskRequest, HeardRequest, NotificationRequest
from services.workflows.models.table import feed
from shared.rows import insert_rows


def ask_for_ai_tasks(rows: Sequence[dict[str, Any]]) -> None:
    """Ask the executor for these AI tasks."""
    insert_rows(AiTaskRequest, rows)
    for row in rows:
        feed.mark("ai-task-request", row["id"], row["tenant_id"])


def notify(**values: Any) -> None:
    """Ask the monitor to tell people."""
    NotificationRequest.insert(**values).execute()
    feed.mark("notification-request", values["id"], values["tenant_id"])


def first_time(request_id: str, kind: str, now: datetime) -> bool:
    """Whether this request of another service is heard for the first time; from now on it is not."""
    query = HeardRequest.insert(id=request_id, kind=kind, heard_at=now).on_conflict_ignore().as_rowcount()
    return bool(query.execute())
