"""What workflows says of the tasks that were asked for: kept beside the step that asked, and counted there."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.runs import models, results
from services.runs.models import AskedTask
from shared.reading import Change


def apply(change: Change) -> None:
    """Write the newer word of workflows on one of our tasks; every other task is none of ours. One that was deleted there
    counts as cancelled."""
    row = models.deliveries.task_known(change.tenant_id, change.subject)
    if row is None:
        return
    if row.run_id is not None:
        models.runs.alone(change.tenant_id, row.run_id)
    if not models.deliveries.tell_task(row, change.version, **_told(row, change)):
        return
    step = models.runs.step_known(row.step_id)
    if step is not None:
        results.recount(step)
    if row.run_id is not None:
        models.runs.mark(models.runs.find(change.tenant_id, row.run_id))


def _told(row: AskedTask, change: Change) -> dict[str, Any]:
    if change.deleted:
        return {"status": "cancelled"}
    data = change.data
    return {
        "status": data["status"],
        "title": data["title"],
        "priority": data["priority"],
        "owner": data["owner"],
        "due_date": date.fromisoformat(data["dueDate"]) if data["dueDate"] else None,
    }
