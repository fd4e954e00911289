"""What an action came to, and where in a step it happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.runs import gathering, models, results, states, steps
from services.runs.models import GuidedRun, GuidedStep, Partnership, StepRow
from shared.acts import By
from shared.errors import Conflict, NotFound


@dataclass(frozen=True)
class Item:
    """What became of one row: `id` is that of what was made; `reason` says why it was refused."""

    status: str
    row_id: str | None = None
    partnership_id: str | None = None
    id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Done:
    """What an action came to: done, queued (the executor has it) or refused."""

    status: str
    items: list[Item] = field(default_factory=list)


def one(status: str, place: Place, made_id: str | None = None) -> Done:
    """The answer to an action on one place."""
    row_id = place.row.id if place.row else None
    partnership_id = place.partnership.id if place.partnership else None
    return Done(status, [Item(status, row_id, partnership_id, made_id)])


@dataclass
class Place:
    """Where an action happens: a step of a run, mostly a row of it, mostly about a partnership."""

    run: GuidedRun
    step: GuidedStep
    row: StepRow | None = None
    partnership: Partnership | None = None

    @property
    def here(self) -> dict[str, Any]:
        """What an activity that is made here remembers."""
        return {"run_id": self.run.id, "step_id": self.step.id}


def place(by: By, run_id: str, step_id: str, told: dict[str, Any], expected: int | None) -> Place:
    """The step at work, with the row or the partnership that an action names; a partnership brings its row, if the step has
    one. Inside a transaction.

    NotFound; Stale by the version of the row, or of the step where no row is named; Conflict where nothing is done now.
    """
    run, step = steps.at_work(by, run_id, step_id, None if told.get("row_id") else expected)
    found = Place(run, step)
    if told.get("row_id"):
        found.row = models.rows.find(step, told["row_id"])
        found.row.expect(expected)
        if found.row.subject_kind == "partnership":
            found.partnership = models.partnerships.many(run.tenant_id, [found.row.subject_id]).get(
                found.row.subject_id
            )
    elif told.get("partnership_id"):
        found.partnership = models.partnerships.find(run.tenant_id, told["partnership_id"])
        found.row = models.rows.about(step, "partnership", found.partnership.id)
    return found


def partnership_of(found: Place) -> Partnership:
    """The partnership that an action is about. Conflict when it is gone, NotFound when none was named."""
    if found.partnership is None:
        if found.row is not None and found.row.subject_kind == "partnership":
            raise Conflict(f"{found.row.shown['name']} is there no more.", allowed=["set_aside"])
        raise NotFound("The action names no partnership.")
    return found.partnership


def row_of(by: By, found: Place, now: datetime) -> StepRow:
    """The row of the place; for a partnership that the step did not show, a new one. Inside a transaction."""
    if found.row is None:
        found.row = gathering.add_row(by, found.run, found.step, partnership_of(found), None, now=now)
    return found.row


OWN = {
    "review_row": "review",
    "send_email": "email",
    "update_stage": "update_stage",
    "schedule_meeting": "schedule",
    "create_task": "create_task",
    "add_note": "note",
    "create_partnership": "custom",
    "update_objective": "custom",
}
"""The action type whose rows an action finishes; in a step of another type it leaves the row open."""


def finish(
    by: By,
    found: Place,
    type_: str,
    now: datetime,
    *,
    added: bool = False,
    columns: dict[str, Any] | None = None,
    **outcome: Any,
) -> None:
    """Write on the row what was done: it is done when the action is of the step's own kind, or when the row is there only
    because of it (`added`). `columns` change with it. The write is guarded."""
    if found.row is None:
        return
    values: dict[str, Any] = {"by": by.as_json()} | (columns or {})
    if found.step.action_type == OWN[type_] or added:
        values |= {"state": states.ROW.after("do", found.row.state), "outcome": {"type": type_} | outcome}
    models.rows.change(found.row, now, **values)


def settle(by: By, found: Place, verb: str, now: datetime, reason: str | None = None, **details: Any) -> None:
    """What follows from every action: the counts of the step, the link of the run to the partnership, and the act."""
    if found.partnership is not None:
        models.runs.link(found.run, [found.partnership.id], now)
        details["partnership"] = found.partnership.name
        details["partnershipId"] = found.partnership.id
    results.recount(found.step)
    models.runs.mark(found.run)
    steps.record(by, found.run, found.step, verb, now, reason, **details)
