"""Rows looked at: reviewed with a mark, set aside, opened again; and the list refreshed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import gathering, models, states, steps
from services.runs.acting.done import Done, Item, Place, finish, one, place, settle
from services.runs.models import StepRow, feed
from services.runs.wanting import MARKS, wanted
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound


def review(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Mark a row as reviewed, with one of the step's marks and a note. Invalid for another mark."""
    with feed.transaction():
        found, row = _row(by, run_id, step_id, told, expected)
        marks = wanted(found.step.action_type, found.step.config).marks or MARKS
        if told["mark"] not in marks:
            raise Invalid("The step has no such mark.", errors={"mark": [f"One of: {', '.join(marks)}."]})
        note = told.get("note", row.note)
        finish(by, found, "review_row", now, columns={"mark": told["mark"], "note": note})
        settle(by, found, "reviewed", now, row=row.shown["name"], mark=told["mark"], note=note)
        return one("done", found)


def set_aside(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Decide that nothing is to be done for a row, and why. Conflict unless it is open."""
    with feed.transaction():
        found, row = _row(by, run_id, step_id, told, expected)
        after = states.ROW.after("set aside", row.state)
        models.rows.change(row, now, state=after, note=told["note"], outcome={"type": "set_aside"}, by=by.as_json())
        settle(by, found, "set aside", now, told["note"], row=row.shown["name"])
        return one("done", found)


def reopen(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Open a row again. Conflict for one whose mail, call or move stands outside: that is changed by its own action."""
    with feed.transaction():
        found, row = _row(by, run_id, step_id, told, expected)
        after = states.ROW.after("reopen", row.state)
        lasting = UNDONE_BY.get(str((row.outcome or {}).get("type")))
        if lasting is not None:
            raise Conflict("What was done for this row stands.", allowed=list(lasting))
        models.rows.change(row, now, state=after, outcome=None, mark=None, by=by.as_json())
        settle(by, found, "opened row again", now, row=row.shown["name"])
        return one("done", found)


UNDONE_BY: dict[str, tuple[str, ...]] = {
    "send_email": (),
    "update_stage": ("undo_stage",),
    "schedule_meeting": ("change_meeting", "cancel_meeting"),
    "create_partnership": (),
}
"""Rows that are not simply opened again, with the actions that take back what was done."""


def refresh(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Add the rows that match by now; those that are there stay as they are."""
    with feed.transaction():
        run, step = steps.at_work(by, run_id, step_id, expected)
        before = {row.id for row in models.rows.of_step(step.id)}
        gathering.keep(by, run, step, now=now)
        new = [row for row in models.rows.of_step(step.id) if row.id not in before]
        settle(by, Place(run, step), "refreshed step", now, added=[row.shown["name"] for row in new])
        return Done("done", [Item("done", row.id, row.subject_id) for row in new])


def _row(by: By, run_id: str, step_id: str, told: dict[str, Any], expected: int | None) -> tuple[Place, StepRow]:
    found = place(by, run_id, step_id, told, expected)
    if found.row is None:
        raise NotFound("The action names no row.")
    return found, found.row
