"""Questions about the rows that steps showed, each of one step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.runs.models.table import feed
from services.runs.models.tables import GuidedStep, StepRow
from shared.errors import NotFound
from shared.rows import insert_rows


def of_step(step_id: str) -> list[StepRow]:
    """The rows of a step, as they were shown."""
    return list(StepRow.select().where(StepRow.step_id == step_id).order_by(StepRow.position, StepRow.id))


def find(step: GuidedStep, row_id: str) -> StepRow:
    """The row of this step. NotFound for a row of another one."""
    row = known(step, row_id)
    if row is None:
        raise NotFound(f"There is no row {row_id} in this step.")
    return row


def known(step: GuidedStep, row_id: str | None) -> StepRow | None:
    """The row of this step, if it is still there."""
    return StepRow.get_or_none((StepRow.id == row_id) & (StepRow.step_id == step.id)) if row_id else None


def about(step: GuidedStep, subject_kind: str, subject_id: str) -> StepRow | None:
    """The row of this step about something, if it has one."""
    return StepRow.get_or_none(
        (StepRow.step_id == step.id) & (StepRow.subject_kind == subject_kind) & (StepRow.subject_id == subject_id)
    )


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of a step."""
    insert_rows(StepRow, rows)


def change(row: StepRow, now: datetime, **values: Any) -> None:
    """Write what changed of a row."""
    row.write(changed_at=now, **values)
    feed.mark("guided-run", row.run_id, row.tenant_id)


def drop(rows: Sequence[StepRow]) -> None:
    """Forget rows that nothing came of outside."""
    if rows:
        StepRow.delete().where(StepRow.id.in_([row.id for row in rows])).execute()
