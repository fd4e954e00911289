"""Questions about calls with partnerships, each of one tenant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs.models.exchange import Meeting
from shared.errors import NotFound
from shared.rows import held


def find(tenant_id: str, meeting_id: str) -> Meeting:
    """The meeting, held until the transaction ends. NotFound for another tenant's too."""
    row = held(Meeting.select().where((Meeting.id == meeting_id) & (Meeting.tenant_id == tenant_id))).first()
    if row is None:
        raise NotFound(f"There is no meeting {meeting_id}.")
    return row


def add(**values: Any) -> Meeting:
    """Write a meeting."""
    return Meeting.create(**values)


def of_step(step_id: str) -> list[Meeting]:
    """The meetings that were booked in a step, cancelled ones too, the earliest made first."""
    return list(Meeting.select().where(Meeting.step_id == step_id).order_by(Meeting.created_at, Meeting.id))


def of_row(row_id: str) -> list[Meeting]:
    """The meetings that were booked for a row, the earliest made first."""
    return list(Meeting.select().where(Meeting.row_id == row_id).order_by(Meeting.created_at, Meeting.id))


def busy(tenant_id: str, owner: str | None, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
    """When a person has calls booked between two moments."""
    query = Meeting.select().where(
        (Meeting.tenant_id == tenant_id)
        & (Meeting.owner == owner)
        & (Meeting.status == "booked")
        & (Meeting.starts_at < ends)
        & (Meeting.ends_at > begins)
    )
    return [(row.starts_at, row.ends_at) for row in query.order_by(Meeting.starts_at)]
