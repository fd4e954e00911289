"""Reviews: a person looks at each row and marks it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from marshmallow import fields, validate

from services.runs import activities, models
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
from services.runs.action_types.action_type import ActionType, Purpose
from shared.contracts.partnership_thresholds import NO_CONTACT_DAYS
from shared.contracts.strict import an_id, line, on_one_line
from shared.ground.errors import Invalid

MARKS = ("fine", "needs attention")
ATTENTION = ("needs attention", "needs follow-up", "needs a decision", "has questions", "stuck")
MOST_ROWS = 200
LONGEST_SUMMARY = 500


@dataclass(frozen=True, kw_only=True)
class ReviewRow(RowCommand):
    """Mark a row as reviewed. Without a note, the one that was typed on the row stays."""

    mark: str = posted(line(60))
    note: str | None = posted(action_fields.NOTE, None)


@dataclass(frozen=True, kw_only=True)
class ReviewRows(Command):
    """Give several rows of the step one mark; their notes stay."""

    row_ids: list[str] = posted(fields.List(an_id(), validate=validate.Length(1, MOST_ROWS)))
    mark: str = posted(line(60))


def review(context: ActionContext, command: ReviewRow) -> Done:
    """Mark a row as reviewed, with one of the step's marks and a note. A mark that calls for attention, and a note, is
    also an activity of the partnership. Invalid for another mark."""
    row = context.require_row()
    note = _mark(context, command.mark, command.note)
    return context.done(LogEntry("reviewed", {"row": row.shown["name"], "mark": command.mark, "note": note}))


def review_many(context: ActionContext, command: ReviewRows) -> Done:
    """Mark several rows, all or none. NotFound for a row of another step; Invalid for a mark that the step has not."""
    rows = [models.rows.find(context.step, row_id) for row_id in dict.fromkeys(command.row_ids)]
    subjects = [row.subject_id for row in rows if row.subject_kind == "partnership"]
    there = models.partnerships.many(context.run.tenant_id, subjects)
    for row in rows:
        _mark(replace(context, row=row, partnership=there.get(row.subject_id)), command.mark, None)
    names = [row.shown["name"] for row in rows]
    items = [Item("done", row.id, row.subject_id) for row in rows]
    return Done("done", items, LogEntry("reviewed", {"rows": names, "mark": command.mark}))


def _mark(context: ActionContext, mark: str, note: str | None) -> str | None:
    """Mark the row, and add an activity of what calls for attention or has a note, unless it says the same as the last. Returns the note."""
    row, marks = context.require_row(), context.config.marks or MARKS
    if mark not in marks:
        raise Invalid("The step has no such mark.", errors={"mark": [f"One of: {', '.join(marks)}."]})
    note = row.note if note is None else note
    attention = mark in context.config.attention
    reported = (row.outcome or {}).get("reported")
    report = [mark, note or ""] if attention or note or reported else None
    if context.partnership is not None and report and report != reported:
        summary = f"Reviewed: {mark}" + (f". {note}" if note else "")
        activities.add(
            context.by,
            context.partnership,
            kind="reviewed",
            summary=on_one_line(summary)[:LONGEST_SUMMARY],
            now=context.now,
            details={"mark": mark, "attention": attention},
            **context.origin,
        )
    context.finish_row("review_row", columns={"mark": mark, "note": note}, attention=attention, reported=report)
    return note


REVIEWED = Count(
    "partnershipsReviewed",
    "partnership reviewed",
    "partnerships reviewed",
    of=lambda records: records.rows_done_by("review_row"),
)


class Review(ActionType):
    """A step for partnerships to look at; by default those without recent contact."""

    name = "review"
    actions = (
        Action("review_row", ReviewRow, review, counts=(REVIEWED,)),
        Action("review_rows", ReviewRows, review_many),
    )
    purpose = Purpose((REVIEWED.name,), "Nothing has been reviewed yet.")
    open_rows_phrase = "not reviewed yet"
    expects = "each"
    filter = {"noContactDays": NO_CONTACT_DAYS}
    marks = MARKS
    attention = ATTENTION
