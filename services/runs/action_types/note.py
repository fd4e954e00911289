"""Adds notes to a partnership; or to all partnerships linked to a run, and to the step's result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.runs import activities, models
from services.runs.action_types import action_fields
from services.runs.action_types.action import Action, ActionContext, Count, Done, LogEntry, SubjectCommand, posted
from services.runs.action_types.action_type import ActionType, Purpose
from services.runs.models import Partnership
from services.runs.step_rows.step_records import StepRecords
from shared.contracts.strict import prose
from shared.ground import clock

LONGEST_SUMMARY = 120


@dataclass(frozen=True, kw_only=True)
class AddNote(SubjectCommand):
    """Add a note."""

    text: str = posted(prose(action_fields.LONGEST_BODY))


def add(context: ActionContext, command: AddNote) -> Done:
    """Add a note to the partnership that the command names. Without one it is added to every partnership linked to the
    run and to the step's result, and the step's draft is cleared. Conflict for a partnership that was removed."""
    about_one = context.row is not None or context.partnership is not None
    if about_one:
        _add_activity(context, context.require_partnership(), command.text)
    else:
        _add_everywhere(context, command.text)
    context.finish_row("add_note", noteId=context.new_id)
    if context.step.draft is not None and not about_one:
        models.runs.change_step(context.step, draft=None)
    return context.done(LogEntry("added note", {"note": _summary(command.text)}), made_id=context.new_id)


def _add_everywhere(context: ActionContext, text: str) -> None:
    step, run = context.step, context.run
    linked = models.partnerships.lock_many(run.tenant_id, models.runs.linked_to(run))
    for partnership_id in sorted(linked):
        _add_activity(context, linked[partnership_id], text)
    result = step.result or {}
    note = {"id": context.new_id, "at": clock.rfc3339(context.now), "by": context.by.as_json(), "text": text}
    models.runs.write_result(step, result | {"notes": [*result.get("notes", []), note]}, step.summary)


def _add_activity(context: ActionContext, partnership: Partnership, text: str) -> None:
    activities.add(
        context.by,
        partnership,
        kind="note",
        summary=_summary(text),
        body=text,
        now=context.now,
        details={"noteId": context.new_id},
        **context.origin,
    )


def _summary(text: str) -> str:
    first = text.strip().splitlines()[0].strip()
    return first if len(first) <= LONGEST_SUMMARY else first[: LONGEST_SUMMARY - 1].rstrip() + "…"


def _notes(records: StepRecords) -> int:
    """How many notes were added; one that went to several partnerships and the step's result is counted once."""
    with_partnerships = {
        (activity.details or {}).get("noteId", activity.id)
        for activity in records.activities
        if activity.kind == "note"
    }
    return len(with_partnerships | {note["id"] for note in records.notes})


ADDED = Count("notesAdded", "note added", "notes added", of=_notes, noun="note", kept_after_reset="{} written down.")


class Note(ActionType):
    """A step for writing something down; with a filter, for each of its partnerships."""

    name = "note"
    actions = (Action("add_note", AddNote, add, counts=(ADDED,)),)
    purpose = Purpose(
        (ADDED.name,),
        "Nothing has been written down yet.",
        shows="nothing",
        explanation="Write down what there is to remember; it is kept with the run and its partnerships.",
    )
    open_rows_phrase = "without a note"

    def shows(self, options: Mapping[str, Any]) -> str:
        """Partnerships if the config has a filter."""
        return "partnerships" if "filter" in options else super().shows(options)
