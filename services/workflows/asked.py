"""What the executor and runs ask of workflows: a task for a person, and that a trigger stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.workflows import models
from services.workflows.models import acts
from shared import clock
from shared.acts import By
from shared.errors import Invalid
from shared.reading import Change

LONGEST_TITLE = 255


def task(change: Change) -> None:
    """Make the task that was asked for, with the request's own id; a repeat is nothing, even after somebody deleted
    it."""
    data = change.data
    if change.deleted or not models.requests.first_time(data["id"], "task-request", change.now):
        return
    until = clock.parse(data["snoozedUntil"]) if data["snoozedUntil"] else None
    by = By.from_json(data["by"], change.tenant_id)
    row = models.tasks.add(
        id=data["id"],
        tenant_id=change.tenant_id,
        title=data["title"][:LONGEST_TITLE],
        description=data["description"] or "",
        status="snoozed" if until else "open",
        priority=data["priority"],
        due_date=date.fromisoformat(data["dueDate"]) if data["dueDate"] else None,
        snoozed_until=until,
        snooze_reason=data["snoozeReason"],
        owner=data["owner"] or _owner(change.tenant_id, data),
        customer_id=data["customerId"],
        execution_id=data["executionId"],
        partnership_id=data.get("partnershipId"),
        partnership_name=data.get("partnershipName"),
        related_action=data["relatedAction"],
        source_service=data["source"]["service"],
        source_kind=data["source"]["kind"],
        source_id=data["source"]["id"],
        created_at=change.now,
        updated_at=change.now,
    )
    acts.record(by, "created task", "task", row.id, now=change.now, details={"title": row.title})


def _owner(tenant_id: str, data: dict[str, Any]) -> str | None:
    """Whoever looks after the customer, where the request names nobody."""
    if not data["customerId"]:
        return None
    found = models.customers.known(tenant_id, data["customerId"])
    return found.owner if found else None


def trigger(change: Change) -> None:
    """Confirm the trigger of an execution that finalize has written, or write the one that nobody has yet."""
    data = change.data
    if change.deleted or not models.requests.first_time(data["id"], "trigger-request", change.now):
        return
    known = models.triggers.of_execution(change.tenant_id, data["executionId"])
    by = By.from_json(data["by"], change.tenant_id)
    if known is not None:
        known.write(confirmed_at=change.now)
    elif models.customers.known(change.tenant_id, data["customerId"]) is None:
        raise Invalid(f"There is no customer {data['customerId']}.")
    else:
        known = models.triggers.add(
            id=data["id"],
            tenant_id=change.tenant_id,
            execution_id=data["executionId"],
            customer_id=data["customerId"],
            stage=data["stage"],
            trigger_date=date.fromisoformat(data["triggerDate"]),
            conditions=data["conditions"],
            status="scheduled",
            confirmed_at=change.now,
            created_at=change.now,
            by=data["by"],
        )
    acts.record(by, "confirmed trigger", "trigger", known.id, now=change.now)
