"""The snapshots that workflows publishes in its feed; many subjects of a kind are read with one query, executions
with two and holds with three.

The feed reads the subjects of all tenants, and each snapshot says whose it is.
"""

from __future__ import annotations

from services.workflows import stages
from services.workflows.models import holds, tasks
from services.workflows.models.database import feed
from services.workflows.models.fact_tables import CustomerHold
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


@feed.snapshot("hold")
def _holds(ids: list[str]) -> Snapshots:
    rows = list(CustomerHold.of_all_tenants().where(CustomerHold.id.in_(ids)))
    customer_ids = sorted({row.customer_id for row in rows})
    customers, addresses = (
        holds.names_of(customer_ids),
        holds.addresses_of(sorted({row.tenant_id for row in rows}), customer_ids),
    )
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "customerId": row.customer_id,
            "customerName": customers[row.customer_id].name,
            "reason": row.reason,
            "fromOn": row.from_on.isoformat(),
            "untilOn": row.until_on.isoformat() if row.until_on else None,
            "lifted": row.lifted_at is not None,
            "timeZone": customers[row.customer_id].time_zone,
            "addresses": sorted(set(addresses.get(row.customer_id, []))),
        }
        for row in rows
    }
