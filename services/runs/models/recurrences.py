"""Questions about recurrences, each of one tenant but for what is due, which is everybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs.models.tables import Recurrence
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound

DUE_AT_ONCE = 100


def find(tenant_id: str, recurrence_id: str) -> Recurrence:
    """The recurrence. NotFound for another tenant's too."""
    row = Recurrence.get_or_none((Recurrence.id == recurrence_id) & (Recurrence.tenant_id == tenant_id))
    if row is None:
        raise NotFound(f"There is no recurrence {recurrence_id}.")
    return row


def listed(tenant_id: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """A tenant's recurrences, the newest first."""
    query = Recurrence.select().where(Recurrence.tenant_id == tenant_id)
    order = [(Recurrence.created_at, "desc"), (Recurrence.id, "desc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def add(**values: Any) -> Recurrence:
    """Write a new recurrence."""
    return Recurrence.create(force_insert=True, **values)


def remove(row: Recurrence) -> None:
    """Delete a recurrence; the runs that it started stay."""
    row.delete_instance()


def uses(tenant_id: str, template_id: str) -> int:
    """How many recurrences start this template."""
    return (
        Recurrence.select().where((Recurrence.tenant_id == tenant_id) & (Recurrence.template_id == template_id)).count()
    )


def due(now: datetime) -> list[Recurrence]:
    """Those of every tenant whose time has come, the longest overdue first; the cost follows what is due."""
    query = Recurrence.select().where(Recurrence.active & (Recurrence.next_due_at <= now))
    return list(query.order_by(Recurrence.next_due_at).limit(DUE_AT_ONCE))


def waiting(tenant_id: str, now: datetime) -> list[Recurrence]:
    """A tenant's active ones whose time has not come yet."""
    mine = (Recurrence.tenant_id == tenant_id) & Recurrence.active
    return list(Recurrence.select().where(mine & (Recurrence.next_due_at > now)).order_by(Recurrence.id))


def take(row: Recurrence, following: datetime, run_id: str) -> bool:
    """Take a due time for oneself and set the next; False when another worker was first."""
    moved = (
        Recurrence.update(
            next_due_at=following, last_due_at=row.next_due_at, last_run_id=run_id, version=Recurrence.version + 1
        )
        .where((Recurrence.id == row.id) & (Recurrence.next_due_at == row.next_due_at) & Recurrence.active)
        .execute()
    )
    return bool(moved)
