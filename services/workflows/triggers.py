"""Schedules and cancels triggers, and starts their workflows on the day."""

from __future__ import annotations

from datetime import datetime

from services.workflows import executions, models, stages, states
from services.workflows.commands import ScheduleWorkflow
from services.workflows.models import Trigger, acts, feed
from shared.contracts.commands import given
from shared.database.connection import session
from shared.ground import ids
from shared.ground.errors import NotFound, TandemError
from shared.ground.principal import Principal
from shared.process.scheduling import fire_each


def add(by: Principal, command: ScheduleWorkflow, *, trigger_id: str, now: datetime) -> Trigger:
    """Schedule the workflow of a stage for a day, even if it is not available yet. NotFound for an unknown customer or
    stage."""
    with feed.transaction():
        models.customers.get_kept(by.tenant_id, command.customer_id)
        if stages.get_or_none(command.stage) is None:
            raise NotFound(f"There is no stage {command.stage}.")
        row = models.triggers.add(
            id=trigger_id,
            tenant_id=by.tenant_id,
            status="scheduled",
            created_at=now,
            by=by.as_json(),
            **given(command),
        )
        details = {"stage": row.stage, "on": row.trigger_date.isoformat()}
        acts.record(by, "scheduled workflow", "trigger", row.id, now=now, details=details)
        return row


def cancel(by: Principal, trigger_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Cancel a trigger. NotFound; Stale; Conflict once it has started its workflow, or is cancelled."""
    with feed.transaction():
        row = models.triggers.get(by.tenant_id, trigger_id)
        row.expect(expected)
        row.write(status=states.TRIGGER.after("cancel", row.status))
        acts.record(by, "cancelled trigger", "trigger", row.id, now=now)


def start_due(now: datetime) -> int:
    """Start the workflow of each trigger that the daily job released, each in its own transaction. Returns how many
    were started.

    One that is refused is held until the next daily job; one that fails otherwise is logged and pauses. Neither stops
    the others.
    """
    return fire_each(lambda: _released(now), lambda row: _started(row, now), _pause, now=now)


def _released(now: datetime) -> list[Trigger]:
    with session(models.db):
        return models.triggers.released(now)


def _started(row: Trigger, now: datetime) -> bool:
    with feed.transaction():
        taken = models.triggers.take(row, now)
        return taken is not None and _start(taken, now)


def _pause(row: Trigger, failures: int, next_try: datetime) -> None:
    with feed.transaction():
        models.triggers.pause(row, failures, next_try)


def _start(row: Trigger, now: datetime) -> bool:
    """Start the workflow of a due trigger. If that is refused, it is due and held with the reason. Call it inside
    a transaction."""
    by = Principal("schedule", "daily", "daily job", row.tenant_id)
    models.triggers.put_back(row)
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


def _hold(by: Principal, row: Trigger, why: str, now: datetime) -> None:
    """Record why a due trigger could not be started. It becomes or stays due; the audit trail and people hear of it
    only when the reason is new, not every morning."""
    if row.status == "due" and row.held_reason == why:
        return
    row.write(status=states.TRIGGER.after("hold", row.status), held_reason=why)
    acts.record(by, "held trigger", "trigger", row.id, now=now, reason=why)
    customer = models.customers.get_or_none(row.tenant_id, row.customer_id)
    whose = customer.name if customer else row.customer_id
    models.requests.notify(
        ids.named("trigger-held", row.id, str(row.version)),
        tenant_id=row.tenant_id,
        source_id=row.id,
        recipient_id=customer.owner if customer else None,
        kind="trigger_held",
        title=f"The {row.stage} workflow for {whose} is due and could not start",
        body=why,
        link=None,
        by=by.as_json(),
        now=now,
    )
