"""How the others see what runs owns: one snapshot a subject, many subjects with one question each."""

from __future__ import annotations

from typing import Any

from services.runs.models import runs
from services.runs.models.exchange import AskedTask
from services.runs.models.table import feed
from services.runs.models.tables import GuidedRun, GuidedStep
from shared import clock

Snapshots = dict[str, dict[str, Any]]


@feed.snapshot("guided-run")
def _runs(ids: list[str]) -> Snapshots:
    steps = runs.steps_of_many(ids)
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "name": row.name,
            "description": row.description,
            "status": row.status,
            "templateId": row.template_id,
            "templateVersion": row.template_version,
            "owner": row.owner,
            "linkedPartnershipIds": row.linked_partnership_ids,
            "outcome": row.outcome,
            "createdAt": clock.rfc3339(row.created_at),
            "completedAt": clock.rfc3339(row.completed_at),
            "steps": [_step(step) for step in steps[row.id]],
        }
        for row in GuidedRun.select().where(GuidedRun.id.in_(ids))
    }


def _step(step: GuidedStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "orderIndex": step.order_index,
        "actionType": step.action_type,
        "title": step.title,
        "status": step.status,
        "owner": step.owner,
        "startedAt": clock.rfc3339(step.started_at),
        "completedAt": clock.rfc3339(step.completed_at),
        "summary": step.summary,
        "result": _counts(step.result),
    }


def _counts(result: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was done in a step without the notes themselves, which may be long and stand here."""
    return {name: value for name, value in result.items() if name != "notes"} if result else None


@feed.snapshot("task-request")
def _task_requests(ids: list[str]) -> Snapshots:
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "title": row.title,
            "description": row.description or None,
            "priority": row.priority,
            "dueDate": row.due_date.isoformat() if row.due_date else None,
            "snoozedUntil": None,
            "snoozeReason": None,
            "customerId": None,
            "executionId": None,
            "partnershipId": row.partnership_id,
            "partnershipName": row.partnership_name,
            "owner": row.owner,
            "relatedAction": None,
            "source": {"service": "runs", "kind": "guided-run", "id": row.run_id or ""},
            "by": row.by,
        }
        for row in AskedTask.select().where(AskedTask.id.in_(ids))
    }
