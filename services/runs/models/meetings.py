"""Queries and writes on meetings; each is limited to one tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs.models.database import db
from services.runs.models.exchange import Meeting
from services.runs.models.tables import GuidedStep, StepRow
from shared.database.connection import lock_name


def get_for_update(tenant_id: str, meeting_id: str) -> Meeting:
    """The meeting, locked until the transaction ends. NotFound for another tenant's too."""
    return Meeting.get_for(tenant_id, meeting_id, for_update=True)


def add(**values: Any) -> Meeting:
    """Write a meeting."""
    return Meeting.create(**values)


def of_step(step: GuidedStep) -> list[Meeting]:
    """The meetings that were booked in a step, also cancelled ones, in the order in which they were made."""
    query = Meeting.for_tenant(step.tenant_id).where(Meeting.step_id == step.id)
    return list(query.order_by(Meeting.created_at, Meeting.id))


def of_row(row: StepRow) -> list[Meeting]:
    """The meetings that were booked for a row, in the order in which they were made."""
    query = Meeting.for_tenant(row.tenant_id).where(Meeting.row_id == row.id)
    return list(query.order_by(Meeting.created_at, Meeting.id))


def busy(
    tenant_id: str, owner: str, begins: datetime, ends: datetime, *, besides: str | None = None
) -> list[tuple[datetime, datetime]]:
    """The times of a person's booked calls that overlap the interval, except the meeting `besides`."""
    query = _booked(tenant_id, owner, begins, ends).where(Meeting.id != (besides or "")).order_by(Meeting.starts_at)
    return [(row.starts_at, row.ends_at) for row in query]


def _booked(tenant_id: str, owner: str, begins: datetime, ends: datetime) -> Any:
    """A person's booked calls that overlap the interval."""
    return Meeting.for_tenant(tenant_id).where(
        (Meeting.owner == owner)
        & (Meeting.status == "booked")
        & (Meeting.starts_at < ends)
        & (Meeting.ends_at > begins)
    )


def lock_calendar(tenant_id: str, owner: str) -> None:
    """Lock a person's calendar until the transaction ends, so that nobody else books in it."""
    lock_name(db, f"calendar of {owner} at {tenant_id}")


def overlapping(tenant_id: str, owner: str, begins: datetime, ends: datetime, *, besides: str) -> Meeting | None:
    """A person's first booked call that overlaps the interval, except the meeting `besides`; None without one."""
    query = _booked(tenant_id, owner, begins, ends).where(Meeting.id != besides)
    return query.order_by(Meeting.starts_at, Meeting.id).first()
