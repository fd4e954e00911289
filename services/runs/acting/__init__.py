"""Doing something in a step: one module a kind of action, each a verb that writes the row, the activity, the request and the count together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.runs.acting import creations, emails, meetings, notes, reviews, stages, tasks
from services.runs.acting.done import Done
from shared.acts import By

Verb = Callable[..., Done]

VERBS: dict[str, Verb] = {
    "review_row": reviews.review,
    "set_aside": reviews.set_aside,
    "reopen_row": reviews.reopen,
    "refresh": reviews.refresh,
    "send_email": emails.send,
    "update_stage": stages.update,
    "undo_stage": stages.undo,
    "schedule_meeting": meetings.schedule,
    "change_meeting": meetings.change,
    "cancel_meeting": meetings.cancel,
    "create_task": tasks.create,
    "add_note": notes.add,
    "create_partnership": creations.create_partnership,
    "update_objective": creations.update_objective,
}
"""By the `type` of an action."""


def perform(
    by: By,
    run_id: str,
    step_id: str,
    told: dict[str, Any],
    *,
    new_id: str,
    now: datetime,
    expected: int | None = None,
) -> Done:
    """Do what `told["type"]` says. `new_id` is the id of what is made, where something is; `expected` the version of the
    row, or of the step where no row is named. NotFound, Stale, Invalid; Conflict names what is allowed."""
    return VERBS[told["type"]](by, run_id, step_id, told, new_id=new_id, now=now, expected=expected)


__all__ = ["Done", "perform"]
