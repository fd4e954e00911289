"""The colour, icon and label of each status, the same on every page."""

from __future__ import annotations

from typing import NamedTuple

from services.monitor.pages import wording


class StatusStyle(NamedTuple):
    """`colour` is one of the six status colours of tokens.css."""

    colour: str
    icon: str
    label: str


STATUS_STYLES = {
    "queued": StatusStyle("queued", "queued", "Queued"),
    "pending": StatusStyle("queued", "pending", "Pending"),
    "open": StatusStyle("queued", "pending", "Open"),
    "snoozed": StatusStyle("queued", "snoozed", "Snoozed"),
    "proposed": StatusStyle("queued", "pending", "Undecided"),
    "scheduled": StatusStyle("queued", "calendar", "Scheduled"),
    "running": StatusStyle("running", "running", "Running"),
    "generating": StatusStyle("running", "running", "Generating"),
    "waiting": StatusStyle("waiting", "waiting", "Waiting"),
    "in_progress": StatusStyle("waiting", "waiting", "In progress"),
    "paused": StatusStyle("waiting", "waiting", "Paused"),
    "draft": StatusStyle("waiting", "edit", "Draft"),
    "due": StatusStyle("waiting", "calendar", "Due"),
    "intended": StatusStyle("waiting", "queued", "Begun"),
    "unknown": StatusStyle("waiting", "warning", "Outcome unknown"),
    "completed": StatusStyle("completed", "completed", "Completed"),
    "success": StatusStyle("completed", "completed", "Completed"),
    "done": StatusStyle("completed", "completed", "Done"),
    "approved": StatusStyle("completed", "completed", "Approved"),
    "finalized": StatusStyle("completed", "completed", "Finalized"),
    "sent": StatusStyle("completed", "completed", "Sent"),
    "fired": StatusStyle("completed", "completed", "Started"),
    "active": StatusStyle("completed", "completed", "Active"),
    "failed": StatusStyle("failed", "failed", "Failed"),
    "lost": StatusStyle("failed", "failed", "Lost"),
    "task_failed": StatusStyle("failed", "failed", "Task failed"),
    "task_done": StatusStyle("completed", "completed", "Task done"),
    "plan_ready": StatusStyle("waiting", "waiting", "Plan ready"),
    "deadline": StatusStyle("waiting", "warning", "Deadline"),
    "critical": StatusStyle("failed", "warning", "Critical"),
    "high": StatusStyle("waiting", "warning", "High"),
    "medium": StatusStyle("queued", "info", "Medium"),
    "concern": StatusStyle("waiting", "warning", "Concern"),
    "strength": StatusStyle("completed", "completed", "Strength"),
    "cancelled": StatusStyle("cancelled", "cancelled", "Cancelled"),
    "withdrawn": StatusStyle("cancelled", "cancelled", "Taken back"),
    "superseded": StatusStyle("cancelled", "retry", "Tried again"),
    "skipped": StatusStyle("cancelled", "skipped", "Skipped"),
    "rejected": StatusStyle("cancelled", "cancelled", "Rejected"),
    "not_done": StatusStyle("cancelled", "cancelled", "Did not happen"),
    "inactive": StatusStyle("cancelled", "cancelled", "Inactive"),
}
"""Every status that is shown on a page, severities, and kinds of notification."""


def of(status: str | None) -> StatusStyle:
    """The style of a status; an unknown one is grey with its own name."""
    return STATUS_STYLES.get(status or "", StatusStyle("queued", "info", wording.words(status or "unknown")))
