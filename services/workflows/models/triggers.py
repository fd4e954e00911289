"""Questions about triggers, each of one tenant."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.workflows.models.tables import Trigger
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.rows import held

WAITING = ("scheduled", "due")


def find(tenant_id: str, trigger_id: str) -> Trigger:
    """The trigger. NotFound for another tenant's too."""
    row = Trigger.get_or_none((Trigger.id == trigger_id) & (Trigger.tenant_id == tenant_id))
    if row is None:
        raise NotFound(f"There is no trigger {trigger_id}.")
    return row


def of_execution(tenant_id: str, execution_id: str) -> Trigger | None:
    """The one trigger that an execution may have, held until the transaction ends."""
    return held(
        Trigger.select().where((Trigger.execution_id == execution_id) & (Trigger.tenant_id == tenant_id))
    ).first()


def listed(
    tenant_id: str, *, status: str | None, customer_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page:
    """A tenant's triggers, the next first."""
    query = Trigger.select().where(Trigger.tenant_id == tenant_id)
    if status:
        query = query.where(Trigger.status == status)
    if customer_id:
        query = query.where(Trigger.customer_id == customer_id)
    order = [(Trigger.trigger_date, "asc"), (Trigger.id, "asc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def due(tenant_id: str, today: date) -> list[Trigger]:
    """The triggers whose day has come and which have not started, the oldest first; the cost follows what is due."""
    query = Trigger.select().where(
        (Trigger.tenant_id == tenant_id) & Trigger.status.in_(WAITING) & (Trigger.trigger_date <= today)
    )
    return list(query.order_by(Trigger.trigger_date, Trigger.id))


def add(**values: Any) -> Trigger:
    """Write a new trigger."""
    return Trigger.create(**values)
