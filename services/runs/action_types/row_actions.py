"""The actions of every action type: setting rows aside, reopening them, and refreshing the list."""

from __future__ import annotations

from dataclasses import dataclass

from services.runs import models, states
from services.runs.action_types import action_fields
from services.runs.action_types.action import (
    Action,
    ActionContext,
    Command,
    Count,
    Done,
    Item,
    LogEntry,
    RowCommand,
    posted,
)
from services.runs.step_rows import stored_rows
from shared.ground.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class SetRowAside(RowCommand):
    """Decide that nothing is to be done for a row, and why."""

    note: str = posted(action_fields.NOTE)


@dataclass(frozen=True, kw_only=True)
class ReopenRow(RowCommand):
    """Open a row again."""


@dataclass(frozen=True, kw_only=True)
class RefreshRows(Command):
    """Add the rows that match now."""


def set_aside(context: ActionContext, command: SetRowAside) -> Done:
    """Decide that nothing is to be done for a row, and why. Conflict unless it is open."""
    row = context.require_row()
    after = states.ROW.after("set aside", row.state)
    outcome, by = {"type": "set_aside"}, context.by.as_json()
    models.rows.change(row, context.now, state=after, note=command.note, outcome=outcome, by=by)
    return context.done(LogEntry("set aside", {"row": row.shown["name"]}, command.note))


def reopen(context: ActionContext, command: ReopenRow) -> Done:
    """Open a row again. Conflict if it is open, or if its mail, call, move or new partnership stands; `allowed` names
    the actions that take that back."""
    row = context.require_row()
    after = states.ROW.after("reopen", row.state)
    finished_by = context.finished_by
    if finished_by is not None and finished_by.taken_back_by is not None:
        raise Conflict("What was done for this row stands.", allowed=list(finished_by.taken_back_by))
    models.rows.change(row, context.now, state=after, outcome=None, mark=None, by=context.by.as_json())
    return context.done(LogEntry("opened row again", {"row": row.shown["name"]}))


def refresh(context: ActionContext, command: RefreshRows) -> Done:
    """Add the rows that match now; existing rows stay as they are."""
    before = {row.id for row in models.rows.of_step(context.step)}
    stored_rows.store(context)
    new = [row for row in models.rows.of_step(context.step) if row.id not in before]
    log = LogEntry("refreshed step", {"added": [row.shown["name"] for row in new]})
    return Done("done", [Item("done", row.id, row.subject_id) for row in new], log)


SET_ASIDE = Count(
    "setAside",
    "set aside",
    "set aside",
    of=lambda records: sum(row.state == "set_aside" for row in records.rows),
)

REOPEN = Action("reopen_row", ReopenRow, reopen)
ROW_ACTIONS = (
    Action("set_aside", SetRowAside, set_aside, counts=(SET_ASIDE,)),
    REOPEN,
    Action("refresh", RefreshRows, refresh),
)
