"""Starts and cancels workflow executions."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models, renewal_days, stages, states
from services.workflows.definition import Stage
from services.workflows.models import Customer, Execution, acts, feed
from services.workflows.models.snapshots import workflow_name
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

MOST_CARRIED_OVER = 50


def start(
    by: Principal,
    customer_id: str,
    stage_key: str | None,
    *,
    execution_id: str,
    now: datetime,
    conditions: list[str] | None = None,
    trigger_id: str | None = None,
) -> Execution:
    """Start the workflow of a stage, by default the one that the days to renewal call for. Its first step is open.

    NotFound for an unknown customer or stage; Conflict, naming the stages that can be started, for one that is not
    available yet, and for a customer without a renewal date.
    """
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        stage = stage_to_start(customer, stage_key, now)
        row = models.executions.add(
            {
                "id": execution_id,
                "tenant_id": by.tenant_id,
                "customer_id": customer.id,
                "customer_name": customer.name,
                "stage": stage.key,
                "status": "in_progress",
                "owner": customer.owner,
                "trigger_payload": {
                    "customerId": customer.id,
                    "stage": stage.key,
                    "daysToRenewal": renewal_days.days_to_renewal(customer, now),
                    "triggerId": trigger_id,
                    "by": by.as_json(),
                },
                "context": _context(customer, stage, conditions),
                "by": by.as_json(),
                "created_at": now,
                "started_at": now,
            },
            _steps(by.tenant_id, execution_id, stage, now),
        )
        acts.record(by, "started workflow", "workflow-execution", row.id, now=now, details={"stage": stage.key})
        _notify(by, row, now)
        return row


def stage_to_start(customer: Customer, stage_key: str | None, now: datetime) -> Stage:
    """The stage of this key, by default the one that the days to renewal call for. NotFound; Conflict as in `start`."""
    days = renewal_days.days_to_renewal(customer, now)
    if days is None:
        raise Conflict(f"{customer.name} has no renewal date, from which the stages count. Enter one first.")
    stage = stages.for_days(days) if stage_key is None else stages.get_or_none(stage_key)
    if stage is None:
        raise NotFound(f"There is no stage {stage_key}.")
    if not stage.available:
        startable = [stage.key for stage in stages.STAGES if stage.available]
        raise Conflict(f"The stage {stage.key} is not available yet.", allowed=startable, stage=stage.key)
    return stage


def is_begun(customer: Customer, stage: Stage) -> bool:
    """Whether the workflow of a stage is open for a customer, or was completed for the coming renewal."""
    tenant_id, this = customer.tenant_id, [customer.id]
    going_on = models.executions.open_of(tenant_id, this).get(customer.id, [])
    done = models.executions.completed_of(tenant_id, this).get(customer.id, [])
    for_this = [one for one in done if renewal_days.is_for_this_renewal(customer, one.completed_at)]
    return stage.key in {one.stage for one in [*going_on, *for_this]}


def _context(customer: Customer, stage: Stage, conditions: list[str] | None) -> JsonObject:
    """The context of an execution at its start: the conditions of its trigger, and the tasks still open from before."""
    carried = models.tasks.open_of_customer(customer.tenant_id, customer.id, limit=MOST_CARRIED_OVER)
    return {"purpose": stage.purpose, "conditions": conditions or [], "carriedOverTaskIds": carried}


def _steps(tenant_id: str, execution_id: str, stage: Stage, now: datetime) -> list[Columns]:
    return [
        {
            "id": ids.named("workflow-step", execution_id, str(number)),
            "tenant_id": tenant_id,
            "execution_id": execution_id,
            "order_index": number,
            "kind": step.kind.key,
            "title": step.title,
            "guidance": step.guidance,
            "status": "in_progress" if number == 1 else "pending",
            "started_at": now if number == 1 else None,
        }
        for number, step in enumerate(stage.steps, start=1)
    ]


def _notify(by: Principal, row: Execution, now: datetime) -> None:
    models.requests.notify(
        ids.named("workflow-started", row.id),
        tenant_id=row.tenant_id,
        source_id=row.id,
        recipient_id=row.owner,
        kind="workflow_started",
        title=f"{workflow_name(row.stage, row.customer_name)} has started",
        body=f"Started by {by.name}.",
        link=f"/app/renewals/{row.id}",
        by=by.as_json(),
        now=now,
    )


def cancel(by: Principal, execution_id: str, *, now: datetime, reason: str | None = None) -> Execution:
    """Cancel an execution in progress. NotFound; Conflict once it has ended."""
    with feed.transaction():
        row = models.executions.get_for_update(by.tenant_id, execution_id)
        after = states.EXECUTION.after("cancel", row.status)
        models.executions.change(row, status=after, completed_at=now)
        acts.record(by, "cancelled workflow", "workflow-execution", row.id, now=now, reason=reason)
        return row
