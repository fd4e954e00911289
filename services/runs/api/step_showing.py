"""Builds the API representation of a step's rows and of what was done in it."""

from __future__ import annotations

from services.runs.api.serialization import Shown
from services.runs.models import Activity, Delivery, RequestedTask, StepRow
from services.runs.step_rows.step_data import meeting_shown
from services.runs.step_rows.step_records import StepRecords
from shared.contracts.camel import camel_columns


def records_shown(records: StepRecords) -> Shown:
    """The deliveries, tasks, calls and activities of the step."""
    return {
        "deliveries": [_delivery(delivery) for delivery in records.deliveries],
        "tasks": [_task(task) for task in records.tasks],
        "meetings": [meeting_shown(meeting) for meeting in records.meetings],
        "activities": [_activity(activity) for activity in records.activities],
    }


def row_shown(row: StepRow) -> Shown:
    """The stored columns of a row."""
    names = ("id", "version", "state", "mark", "note", "draft", "outcome", "by", "changed_at")
    return {name: getattr(row, name) for name in names}


def _delivery(row: Delivery) -> Shown:
    return {
        **camel_columns(row, "id", "kind", "status", "error", "row_id", "partnership_id", "meeting_id"),
        "to": row.recipients,
        **camel_columns(row, "subject", "task_id", "by", "created_at", "leaves_at", "settled_at"),
    }


def _task(row: RequestedTask) -> Shown:
    about = ("id", "title", "status", "partnership_id", "partnership_name")
    return camel_columns(row, *about, "owner", "priority", "due_date", "created_at")


def _activity(row: Activity) -> Shown:
    return camel_columns(row, "id", "kind", "at", "summary", "partnership_id", "by")
