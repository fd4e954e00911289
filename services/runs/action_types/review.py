"""Reviews: a person looks at each row and marks it."""

from __future__ import annotations

from dataclasses import dataclass

from services.runs.action_types import action_fields
from services.runs.action_types.action import Action, ActionContext, Count, Done, LogEntry, RowCommand, posted
from services.runs.action_types.action_type import ActionType, Purpose
from shared.contracts.partnership_thresholds import NO_CONTACT_DAYS
from shared.contracts.strict import line
from shared.ground.errors import Invalid

MARKS = ("fine", "needs attention")


@dataclass(frozen=True, kw_only=True)
class ReviewRow(RowCommand):
    """Mark a row as reviewed. Without a note, the one that was typed on the row stays."""

    mark: str = posted(line(60))
    note: str | None = posted(action_fields.NOTE, None)


def review(context: ActionContext, command: ReviewRow) -> Done:
    """Mark a row as reviewed, with one of the step's marks and a note. Invalid for another mark."""
    row, marks = context.require_row(), context.config.marks or MARKS
    if command.mark not in marks:
        raise Invalid("The step has no such mark.", errors={"mark": [f"One of: {', '.join(marks)}."]})
    note = row.note if command.note is None else command.note
    context.finish_row("review_row", columns={"mark": command.mark, "note": note})
    return context.done(LogEntry("reviewed", {"row": row.shown["name"], "mark": command.mark, "note": note}))


REVIEWED = Count(
    "partnershipsReviewed",
    "partnership reviewed",
    "partnerships reviewed",
    of=lambda records: records.rows_done_by("review_row"),
)


class Review(ActionType):
    """A step for partnerships to look at; by default those without recent contact."""

    name = "review"
    actions = (Action("review_row", ReviewRow, review, counts=(REVIEWED,)),)
    purpose = Purpose((REVIEWED.name,), "Nothing has been reviewed yet.")
    open_rows_phrase = "not reviewed yet"
    expects = "each"
    filter = {"noContactDays": NO_CONTACT_DAYS}
    marks = MARKS
