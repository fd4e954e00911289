"""Queries and writes on the rows of a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.runs.models.database import feed
from services.runs.models.exchange import Delivery
from services.runs.models.tables import GuidedRun, GuidedStep, StepRow
from shared.database.model import Columns, insert_rows
from shared.ground.errors import NotFound


def of_step(step: GuidedStep) -> list[StepRow]:
    """The rows of a step, in their order."""
    return list(_of(step).order_by(StepRow.position, StepRow.id))


def _of(step: GuidedStep) -> Any:
    return StepRow.for_tenant(step.tenant_id).where(StepRow.step_id == step.id)


def find(step: GuidedStep, row_id: str) -> StepRow:
    """The row of this step. NotFound for a row of another one."""
    row = get_or_none(step, row_id)
    if row is None:
        raise NotFound(f"There is no row {row_id} in this step.")
    return row


def get_or_none(step: GuidedStep, row_id: str | None) -> StepRow | None:
    """The row of this step, or None."""
    return _of(step).where(StepRow.id == row_id).first() if row_id else None


def marked_in(run: GuidedRun, step_ids: Sequence[str]) -> list[StepRow]:
    """The rows about partnerships with a mark in these steps of a run, in the order of the steps and rows."""
    if not step_ids:
        return []
    mine = StepRow.for_tenant(run.tenant_id).where(StepRow.step_id.in_(list(step_ids)))
    rows = mine.where(StepRow.mark.is_null(False), StepRow.state == "done", StepRow.subject_kind == "partnership")
    return sorted(rows, key=lambda row: (step_ids.index(row.step_id), row.position))


def of_delivery(delivery: Delivery) -> StepRow | None:
    """The row that a delivery is about, or None."""
    mine = StepRow.for_tenant(delivery.tenant_id).where(StepRow.id == delivery.row_id)
    return mine.first() if delivery.row_id else None


def about(step: GuidedStep, subject_kind: str, subject_id: str) -> StepRow | None:
    """The row of this step about a subject, or None."""
    return _of(step).where(StepRow.subject_kind == subject_kind, StepRow.subject_id == subject_id).first()


def add(rows: Sequence[Columns]) -> None:
    """Write rows of a step."""
    insert_rows(StepRow, rows)


def change(row: StepRow, now: datetime, **values: Any) -> None:
    """Write changed columns of a row."""
    row.write(changed_at=now, **values)
    feed.mark("guided-run", row.run_id, row.tenant_id)


def drop(rows: Sequence[StepRow]) -> None:
    """Delete rows. The caller leaves out those with an effect outside the step."""
    if rows:
        StepRow.delete_for(rows[0].tenant_id).where(StepRow.id.in_([row.id for row in rows])).execute()
