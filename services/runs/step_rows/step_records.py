"""Reads what was done in a step: rows, mails and invitations, calls, tasks, activities and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.runs import delivery_kinds, models
from services.runs.models import Activity, Delivery, GuidedStep, Meeting, RequestedTask, StepRow
from shared.ground.json_types import JsonObject


@dataclass(frozen=True)
class StepRecords:
    """All records of one step; `notes` are those in its result."""

    rows: Sequence[StepRow]
    deliveries: Sequence[Delivery]
    meetings: Sequence[Meeting]
    tasks: Sequence[RequestedTask]
    activities: Sequence[Activity]
    notes: Sequence[JsonObject]

    @property
    def mails(self) -> list[Delivery]:
        """The deliveries that are e-mails; the others are invitations."""
        return [delivery for delivery in self.deliveries if delivery.kind == delivery_kinds.EMAIL.name]

    @property
    def booked(self) -> list[Meeting]:
        """The calls that were not cancelled."""
        return [meeting for meeting in self.meetings if meeting.status == "booked"]

    def rows_done_by(self, action: str) -> int:
        """How many rows this action finished."""
        return sum(row.state == "done" and (row.outcome or {}).get("type") == action for row in self.rows)


def records_of(step: GuidedStep) -> StepRecords:
    """Read all that was done in a step."""
    return StepRecords(
        rows=models.rows.of_step(step),
        deliveries=models.deliveries.of_step(step),
        meetings=models.meetings.of_step(step),
        tasks=models.deliveries.tasks_of(step),
        activities=models.step_queries.made_in(step),
        notes=(step.result or {}).get("notes") or (),
    )
