"""The snapshots that workflows publishes in its feed; many subjects of a kind are read with one query, executions
with two.

The feed reads the subjects of all tenants, and each snapshot says whose it is.
"""

from __future__ import annotations

from services.workflows import stages
from services.workflows.models import tasks
from services.workflows.models.database import feed
from services.workflows.models.tables import Execution, Step, Task
from shared.ground import clock
from shared.ground.json_types import JsonObject

Snapshots = dict[str, JsonObject]


@feed.snapshot("workflow-execution")
def _executions(ids: list[str]) -> Snapshots:
    counts = tasks.ai_counts(ids)
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "workflowName": workflow_name(row.stage, row.customer_name),
            "stage": row.stage,
            "customerId": row.customer_id,
            "customerName": row.customer_name,
            "status": row.status,
            "owner": row.owner,
            "createdAt": clock.rfc3339(row.created_at),
            "startedAt": clock.rfc3339(row.started_at),
            "completedAt": clock.rfc3339(row.completed_at),
            "triggerPayload": row.trigger_payload,
            "context": row.context | {"aiTasks": counts.get(row.id, {})},
            "planStatus": row.plan_status,
            # Until finalize all work is for people; afterwards the monitor looks at its AI tasks.
            "openHumanWork": row.status == "in_progress",
            "by": row.by,
        }
        for row in Execution.of_all_tenants().where(Execution.id.in_(ids))
    }


def workflow_name(stage: str, customer_name: str) -> str:
    """The name of an execution: "Discovery: Acme"."""
    defined = stages.get_or_none(stage)
    return f"{defined.name if defined else stage}: {customer_name}"


@feed.snapshot("workflow-step")
def _steps(ids: list[str]) -> Snapshots:
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "executionId": row.execution_id,
            "orderIndex": row.order_index,
            "kind": row.kind,
            "title": row.title,
            "status": row.status,
            "startedAt": clock.rfc3339(row.started_at),
            "completedAt": clock.rfc3339(row.completed_at),
            "input": row.input,
            "output": row.output,
            "summary": row.summary,
        }
        for row in Step.of_all_tenants().where(Step.id.in_(ids))
    }


@feed.snapshot("task")
def _requested_tasks(ids: list[str]) -> Snapshots:
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "title": row.title,
            "status": row.status,
            "priority": row.priority,
            "owner": row.owner,
            "dueDate": row.due_date.isoformat() if row.due_date else None,
            "snoozedUntil": clock.rfc3339(row.snoozed_until),
            "completedAt": clock.rfc3339(row.completed_at),
            "partnershipId": row.partnership_id,
            "source": row.source,
        }
        for row in Task.of_all_tenants().where(Task.id.in_(ids) & Task.source_service.is_null(False))
    }
