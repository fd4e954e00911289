"""Queries and writes on triggers; each is limited to one tenant, except `released`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.workflows.models.tables import Trigger
from shared.contracts.paging import Page
from shared.database import pagination
from shared.database.model import locked

WAITING = ("scheduled", "due")
DUE_AT_ONCE = 100
NEXT = (Trigger.id, Trigger.customer_id, Trigger.stage, Trigger.trigger_date, Trigger.status, Trigger.held_reason)
"""What lists show of the next trigger of a customer."""


def get(tenant_id: str, trigger_id: str) -> Trigger:
    """The trigger. NotFound for another tenant's too."""
    return Trigger.get_for(tenant_id, trigger_id)


def of_execution(tenant_id: str, execution_id: str) -> Trigger | None:
    """The trigger of an execution or None, locked until the transaction ends."""
    return locked(Trigger.for_tenant(tenant_id).where(Trigger.execution_id == execution_id)).first()


def listed(
    tenant_id: str, *, status: str | None, customer_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page:
    """A tenant's triggers, the earliest date first."""
    query = Trigger.for_tenant(tenant_id)
    if status:
        query = query.where(Trigger.status == status)
    if customer_id:
        query = query.where(Trigger.customer_id == customer_id)
    order = [(Trigger.trigger_date, "asc"), (Trigger.id, "asc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def release(tenant_id: str, today: date, now: datetime) -> None:
    """Release the triggers whose day has come and that have not started. Those paused after a failure stay paused."""
    Trigger.update_for(tenant_id, not_before=now).where(
        Trigger.status.in_(WAITING) & (Trigger.trigger_date <= today) & Trigger.not_before.is_null()
    ).execute()


def released(now: datetime) -> list[Trigger]:
    """The next triggers of all tenants to be started; the cost depends on how many are due."""
    # A worker starts the due triggers of all tenants.
    query = Trigger.of_all_tenants().where(Trigger.not_before.is_null(False) & (Trigger.not_before <= now))
    return list(query.order_by(Trigger.not_before, Trigger.trigger_date, Trigger.id).limit(DUE_AT_ONCE))


def take(row: Trigger, now: datetime) -> Trigger | None:
    """The trigger, locked until the transaction ends; None when it must not be started any more."""
    query = Trigger.for_tenant(row.tenant_id).where(Trigger.id == row.id)
    trigger = locked(query.where(Trigger.not_before.is_null(False) & (Trigger.not_before <= now))).first()
    if trigger is not None and trigger.status not in WAITING:
        put_back(trigger)
        return None
    return trigger


def put_back(row: Trigger) -> None:
    """Do not start it again before the next daily job."""
    Trigger.update_for(row.tenant_id, not_before=None, failures=0).where(Trigger.id == row.id).execute()


def pause(row: Trigger, failures: int, not_before: datetime) -> None:
    """Do not start it again before `not_before`, unless another worker has started it meanwhile."""
    update = Trigger.update_for(row.tenant_id, failures=failures, not_before=not_before)
    update.where(Trigger.id == row.id, Trigger.not_before == row.not_before).execute()


def next_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, Trigger]:
    """The waiting trigger with the earliest date of each customer."""
    query = Trigger.for_tenant(tenant_id, *NEXT).where(
        Trigger.customer_id.in_(list(customer_ids)), Trigger.status.in_(WAITING)
    )
    by_customer: dict[str, Trigger] = {}
    # Sorted here: SQLite would walk all of the tenant's in this order.
    for row in sorted(query, key=lambda trigger: (trigger.trigger_date, trigger.id)):
        by_customer.setdefault(row.customer_id, row)
    return by_customer


def add(**values: Any) -> Trigger:
    """Write a new trigger."""
    return Trigger.create(**values)
