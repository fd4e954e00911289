"""Triggers: plan the start of a workflow, take it back, and start it when its day has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import executions, models, stages, states
from services.workflows.models import Trigger, acts, feed
from shared import ids
from shared.acts import By
from shared.errors import NotFound, TandemError


def add(by: By, told: dict[str, Any], *, trigger_id: str, now: datetime) -> Trigger:
    """Plan the workflow of a stage for a day. NotFound for an unknown customer or stage; one not available yet may
    be planned."""
    with feed.transaction():
        customer = models.customers.find(by.tenant_id, told["customer_id"])
        if stages.named(told["stage"]) is None:
            raise NotFound(f"There is no stage {told['stage']}.")
        row = models.triggers.add(
            id=trigger_id,
            tenant_id=by.tenant_id,
            customer_id=customer.id,
            stage=told["stage"],
            trigger_date=told["trigger_date"],
            conditions=told["conditions"],
            status="scheduled",
            created_at=now,
            by=by.as_json(),
        )
        details = {"stage": row.stage, "on": row.trigger_date.isoformat()}
        acts.record(by, "scheduled workflow", "trigger", row.id, now=now, details=details)
        return row


def cancel(by: By, trigger_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Take a trigger back. NotFound, Stale; Conflict once it has started its workflow."""
    with feed.transaction():
        row = models.triggers.find(by.tenant_id, trigger_id)
        row.expect(expected)
        row.write(status=states.TRIGGER.after("cancel", row.status))
        acts.record(by, "cancelled trigger", "trigger", row.id, now=now)


def fire(by: By, row: Trigger, *, now: datetime) -> bool:
    """Start the workflow of a due trigger; where that cannot be, it stays due and says why. In a transaction."""
    try:
        with feed.savepoint():
            execution = executions.start(
                by,
                row.customer_id,
                row.stage,
                execution_id=ids.named("triggered", row.id),
                now=now,
                conditions=row.conditions,
                trigger_id=row.id,
            )
    except TandemError as error:
        _hold(by, row, error.message, now)
        return False
    row.write(status=states.TRIGGER.after("start", row.status), started_execution_id=execution.id, held_reason=None)
    acts.record(by, "started by trigger", "trigger", row.id, now=now, details={"executionId": execution.id})
    return True


def _hold(by: By, row: Trigger, why: str, now: datetime) -> None:
    """Keep it due with the reason; the trail and the people hear of it once, not each morning."""
    if row.status == "due" and row.held_reason == why:
        return
    row.write(status=states.TRIGGER.after("hold", row.status), held_reason=why)
    acts.record(by, "held trigger", "trigger", row.id, now=now, reason=why)
    customer = models.customers.known(row.tenant_id, row.customer_id)
    whose = customer.name if customer else row.customer_id
    models.requests.notify(
        id=ids.named("trigger-held", row.id, str(row.version)),
        tenant_id=row.tenant_id,
        recipient_id=customer.owner if customer else None,
        kind="trigger_held",
        title=f"The {row.stage} workflow for {whose} is due and could not start",
        body=why,
        link=None,
        by=by.as_json(),
        created_at=now,
    )
