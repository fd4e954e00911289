"""The actions of every action type: setting rows aside, reopening them, refreshing the list, and choosing whose it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from marshmallow import fields, validate

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
from services.runs.step_rows.row_candidates import candidates_of
from services.runs.step_rows.step_records import records_of
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


@dataclass(frozen=True, kw_only=True)
class ChooseRows(Command):
    """Show the partnerships of the step's owner, or everybody's."""

    whose: str = posted(fields.String(validate=validate.OneOf(("mine", "all"))))


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


def choose(context: ActionContext, command: ChooseRows) -> Done:
    """Show the owner's partnerships, or everybody's: the rows that match then are added, and the others leave if nothing was
    done or typed in them. Conflict where the config of the step leaves no choice."""
    if not context.config.leaves_choice:
        raise Conflict("The step itself says whose partnerships it shows.", allowed=[])
    if command.whose != context.step.whose:
        models.runs.change_step(context.step, whose=command.whose)
    _drop_others(context)
    return replace(refresh(context, RefreshRows()), log=LogEntry("chose rows", {"whose": command.whose}))


def _drop_others(context: ActionContext) -> None:
    """Delete the untouched rows about what the step would not show now."""
    records, shown = records_of(context.step), {candidate.subject for candidate in candidates_of(context).items}
    sent = {delivery.row_id for delivery in records.deliveries} | {meeting.row_id for meeting in records.meetings}
    untouched = [row for row in records.rows if row.changed_at is None and row.id not in sent]
    models.rows.drop([row for row in untouched if (row.subject_kind, row.subject_id) not in shown])


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
    Action("choose_rows", ChooseRows, choose),
)
