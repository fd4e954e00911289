"""Fulfils requests of the executor and of runs: creates tasks for people, and confirms or writes triggers."""

from __future__ import annotations

from datetime import date

from services.workflows import models
from services.workflows.models import CUSTOMER, PARTNERSHIP, Customer, acts
from shared.feed.consumer import Change
from shared.ground import clock
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

LONGEST_TITLE = 255


def task(change: Change) -> None:
    """Create the requested task with the id of the request. Invalid if another task has that id. A repeated request
    changes nothing, even if the task was deleted."""
    data = change.data
    if change.deleted or not models.requests.first_time(data["id"], "task-request", change.now):
        return
    if models.tasks.is_taken(data["id"]):
        raise Invalid(f"Another task has the id {data['id']}.")
    customer = _customer(change.tenant_id, data)
    until = clock.parse(data["snoozedUntil"]) if data["snoozedUntil"] else None
    by = Principal.from_json(data["by"], change.tenant_id)
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
        owner=data["owner"] or (customer.owner if customer else None),
        execution_id=_execution_id(change.tenant_id, data),
        **_subject(customer, data),
        related_action=data["relatedAction"],
        source_service=data["source"]["service"],
        source_kind=data["source"]["kind"],
        source_id=data["source"]["id"],
        created_at=change.now,
        updated_at=change.now,
    )
    acts.record(by, "created task", "task", row.id, now=change.now, details={"title": row.title})


def _customer(tenant_id: str, data: JsonObject) -> Customer | None:
    """The customer that the request names; None if the tenant does not have it, which does not prevent the task."""
    return models.customers.get_kept_or_none(tenant_id, data["customerId"]) if data["customerId"] else None


def _subject(customer: Customer | None, data: JsonObject) -> dict[str, str | None]:
    """The subject of the task: the customer, else the partnership that the request names."""
    if customer:
        return models.tasks.subject(CUSTOMER, customer.id)
    return models.tasks.subject(PARTNERSHIP, data.get("partnershipId"), data.get("partnershipName"))


def _execution_id(tenant_id: str, data: JsonObject) -> str | None:
    """The execution that the request names, if this tenant has it."""
    execution = models.executions.get_or_none(tenant_id, data["executionId"]) if data["executionId"] else None
    return execution.id if execution else None


def trigger(change: Change) -> None:
    """Confirm the trigger that finalize wrote for an execution, or write one if there is none. Invalid for an unknown
    customer."""
    data = change.data
    if change.deleted or not models.requests.first_time(data["id"], "trigger-request", change.now):
        return
    row = models.triggers.of_execution(change.tenant_id, data["executionId"])
    by = Principal.from_json(data["by"], change.tenant_id)
    if row is not None:
        row.write(confirmed_at=change.now)
    elif models.customers.get_kept_or_none(change.tenant_id, data["customerId"]) is None:
        raise Invalid(f"There is no customer {data['customerId']}.")
    else:
        row = models.triggers.add(
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
    acts.record(by, "confirmed trigger", "trigger", row.id, now=change.now)
