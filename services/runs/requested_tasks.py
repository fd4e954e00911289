"""Applies the state of tasks that were requested from workflows to the steps that requested them, and to their counts."""

from __future__ import annotations

from datetime import date

from services.runs import models
from services.runs.step_rows.step_counts import recount
from shared.database.model import Columns
from shared.feed.consumer import Change


def apply(change: Change) -> None:
    """Write the newer state of a requested task; other tasks are ignored. A task that was deleted in workflows counts
    as cancelled."""
    task = models.deliveries.get_task_or_none(change.tenant_id, change.subject)
    if task is None:
        return
    if task.run_id is not None:
        models.runs.get_for_update(change.tenant_id, task.run_id)
    if not models.deliveries.write_task(task, change.version, **_columns(change)):
        return
    step = models.runs.step_or_none(change.tenant_id, task.step_id)
    if step is not None:
        recount(step)
    if task.run_id is not None:
        models.runs.mark(models.runs.find(change.tenant_id, task.run_id))


def _columns(change: Change) -> Columns:
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
