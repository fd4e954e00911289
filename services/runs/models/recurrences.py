"""Queries and writes on recurrences; each is limited to one tenant, except for those on due ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs.models.database import feed
from services.runs.models.tables import Recurrence
from shared.contracts.paging import Page
from shared.database import pagination
from shared.process.scheduling import DueRows

due_rows = DueRows(Recurrence, feed, only=Recurrence.active)
"""The due recurrences of all tenants; the cost depends on how many are due."""


def find(tenant_id: str, recurrence_id: str) -> Recurrence:
    """The recurrence. NotFound for another tenant's too."""
    return Recurrence.get_for(tenant_id, recurrence_id)


def get_or_none(tenant_id: str, recurrence_id: str) -> Recurrence | None:
    """The recurrence, or None."""
    return Recurrence.get_or_none_for(tenant_id, recurrence_id)


def listed(tenant_id: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """A tenant's recurrences, the newest first."""
    order = [(Recurrence.created_at, "desc"), (Recurrence.id, "desc")]
    return pagination.page(Recurrence.for_tenant(tenant_id), order, limit=limit, offset=offset, cursor=cursor)


def add(**values: Any) -> Recurrence:
    """Write a new recurrence."""
    return Recurrence.create(force_insert=True, **values)


def remove(row: Recurrence) -> None:
    """Delete a recurrence; the runs that it started stay."""
    row.delete_instance()


def uses(tenant_id: str, template_id: str) -> int:
    """The number of recurrences that start this template."""
    return Recurrence.for_tenant(tenant_id).where(Recurrence.template_id == template_id).count()


def waiting(tenant_id: str, now: datetime) -> list[Recurrence]:
    """A tenant's active recurrences whose time has not come yet."""
    query = Recurrence.for_tenant(tenant_id).where(Recurrence.active, Recurrence.next_due_at > now)
    return list(query.order_by(Recurrence.id))


def take(row: Recurrence, following: datetime, run_id: str) -> bool:
    """Claim a due time and set the next one. Returns False when another worker has claimed it, or the recurrence was
    turned off, retimed or deleted."""
    last = {"last_due_at": row.next_due_at, "last_run_id": run_id}
    return due_rows.take(row, following, **last, version=Recurrence.version + 1)
