"""The snapshots that runs publishes in its feed; a batch of runs is read with three queries: runs, steps, links."""

from __future__ import annotations

from services.runs.models import runs
from services.runs.models.database import feed
from services.runs.models.tables import GuidedRun, GuidedStep
from shared.ground import clock
from shared.ground.json_types import JsonObject

Snapshots = dict[str, JsonObject]


@feed.snapshot("guided-run")
def _runs(ids: list[str]) -> Snapshots:
    steps, linked = runs.steps_of_many(ids), runs.links_of_all_tenants(ids)
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
            "linkedPartnershipIds": linked.get(row.id, []),
            "outcome": row.outcome,
            "createdAt": clock.rfc3339(row.created_at),
            "completedAt": clock.rfc3339(row.completed_at),
            "steps": [_step(step) for step in steps[row.id]],
        }
        for row in GuidedRun.of_all_tenants().where(GuidedRun.id.in_(ids))
    }


def _step(step: GuidedStep) -> JsonObject:
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


def _counts(result: JsonObject | None) -> JsonObject | None:
    """The counts of a step's result, without its notes, which may be long and stay in this service."""
    return {name: value for name, value in result.items() if name != "notes"} if result else None
