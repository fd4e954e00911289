"""What was done in a step: sent, asked for, booked and written down, as it looks outside."""

from __future__ import annotations

from typing import Any

from services.runs import models
from services.runs.api.ledger import Shown
from services.runs.models import GuidedRun, GuidedStep
from shared import clock


def done_in(run: GuidedRun, step: GuidedStep) -> Shown:
    """What was sent, asked for, booked and written down in the step."""
    return {
        "deliveries": [_delivery(one) for one in models.deliveries.of_step(step.id)],
        "tasks": [_task(one) for one in models.deliveries.tasks_of(step.id)],
        "meetings": [meeting_shown(one) for one in models.meetings.of_step(step.id)],
        "activities": [_activity(one) for one in models.needs.made_in(step.id, run.id)],
    }


def _delivery(row: Any) -> Shown:
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "error": row.error,
        "rowId": row.row_id,
        "partnershipId": row.partnership_id,
        "meetingId": row.meeting_id,
        "to": row.recipients,
        "subject": row.subject,
        "taskId": row.task_id,
        "by": row.by,
        "createdAt": clock.rfc3339(row.created_at),
        "settledAt": clock.rfc3339(row.settled_at),
    }


def _task(row: Any) -> Shown:
    return {
        "id": row.id,
        "title": row.title,
        "status": row.status,
        "partnershipId": row.partnership_id,
        "partnershipName": row.partnership_name,
        "owner": row.owner,
        "priority": row.priority,
        "dueDate": row.due_date.isoformat() if row.due_date else None,
        "createdAt": clock.rfc3339(row.created_at),
    }


def meeting_shown(row: Any) -> Shown:
    """A meeting that was booked."""
    return {
        "id": row.id,
        "uid": row.uid,
        "sequence": row.sequence,
        "status": row.status,
        "title": row.title,
        "description": row.description,
        "startsAt": clock.rfc3339(row.starts_at),
        "endsAt": clock.rfc3339(row.ends_at),
        "timeZone": row.time_zone,
        "attendees": row.attendees,
        "partnershipId": row.partnership_id,
        "rowId": row.row_id,
        "owner": row.owner,
        "version": row.version,
    }


def _activity(row: Any) -> Shown:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": clock.rfc3339(row.at),
        "summary": row.summary,
        "partnershipId": row.partnership_id,
        "by": row.by,
    }
