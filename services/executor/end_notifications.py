"""Requests the notification of the end of an AI task; the monitor delivers it."""

from __future__ import annotations

from datetime import datetime

from services.executor.models import AiTask, requests
from shared.ground import ids


def notify(task: AiTask, *, now: datetime, text: str) -> None:
    """Notify the person who asked for the task; everybody in the tenant when no person did."""
    kind = "task_done" if task.status == "success" else "task_failed"
    requests.notify(
        ids.named("notification-request", task.id),
        tenant_id=task.tenant_id,
        source_id=task.id,
        recipient_id=task.by["id"] if task.by.get("kind") == "person" else None,
        kind=kind,
        title=f"{'Done' if kind == 'task_done' else 'Failed'}: {task.title}",
        body=text[:1000],
        link=f"/app/monitor/runs/{task.id}",
        by=task.as_principal().as_json(),
        now=now,
        source=task.source,
    )
