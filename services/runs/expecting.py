"""What a step expects of a person, how much of it is done, and what is left, in sentences (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.runs.wanting import Wanted

NAMED_AT_MOST = 5
UNDONE = {
    "review": "not reviewed yet",
    "email": "without an e-mail",
    "update_stage": "still to be moved",
    "schedule": "without a call",
    "create_task": "without a task",
    "note": "without a note",
    "custom": "still to be updated",
}
WITHOUT_ROWS = {
    "note": ("notesAdded", "Nothing has been written down yet."),
    "create_task": ("tasksCreated", "No task has been created yet."),
    "create_partnership": ("partnershipsCreated", "No partnership has been created yet."),
    "update_objective": ("objectivesUpdated", "No objective has been updated yet."),
    "review": ("partnershipsReviewed", "Nothing has been reviewed yet."),
    "email": ("emails", "No e-mail has been sent yet."),
    "update_stage": ("partnershipsUpdated", "No stage has been updated yet."),
    "schedule": ("meetingsScheduled", "No call has been booked yet."),
    "custom": ("anything", "Nothing has been done here yet."),
}
"""By what a step does: the count that shows it, and what is said while it is 0."""


@dataclass(frozen=True)
class Line:
    """A row as it counts here: `settled` when it was done or set aside."""

    name: str
    settled: bool
    problem: str | None = None


@dataclass(frozen=True)
class Expected:
    """How many things were expected, how many are done, and what is left."""

    count: int = 0
    done: int = 0
    left: list[str] = field(default_factory=list)


def expected(action_type: str, asked: Wanted, lines: Sequence[Line], result: Mapping[str, Any] | None) -> Expected:
    """What a step expects of its rows (those that are gone left out) and of what was done in it."""
    if asked.expect == "nothing":
        return Expected()
    settled = sum(line.settled for line in lines)
    if asked.expect == "each" and asked.show != "nothing":
        return Expected(len(lines), settled, _left(action_type, lines))
    made = max(settled, _made(action_type, asked, result))
    count = 1 if asked.expect in ("any", "each") else int(asked.expect)
    if asked.show != "nothing":
        count = min(count, len(lines))
    done = min(made, count)
    return Expected(count, done, [] if done >= count else [_missing(action_type, asked, count, done)])


def _left(action_type: str, lines: Sequence[Line]) -> list[str]:
    """One sentence for all that nobody has touched, and one for each that went wrong."""
    wrong = [line.problem for line in lines if not line.settled and line.problem]
    untouched = [line.name for line in lines if not line.settled and not line.problem]
    if not untouched:
        return wrong
    named = ", ".join(untouched[:NAMED_AT_MOST])
    more = len(untouched) - NAMED_AT_MOST
    names = f"{named} and {more} more" if more > 0 else named
    verb = "is" if len(untouched) == 1 else "are"
    return [f"{len(untouched)} of {len(lines)} {verb} {UNDONE[action_type]}: {names}.", *wrong]


def _made(action_type: str, asked: Wanted, result: Mapping[str, Any] | None) -> int:
    told = result or {}
    name = WITHOUT_ROWS[asked.does or action_type][0]
    if name == "emails":
        return int(told.get("emailsSent", 0)) + int(told.get("emailsQueued", 0))
    if name == "anything":
        return sum(count for count in told.values() if isinstance(count, int))
    return int(told.get(name, 0))


def _missing(action_type: str, asked: Wanted, count: int, done: int) -> str:
    if count == 1:
        return WITHOUT_ROWS[asked.does or action_type][1]
    return f"{done} of {count} done; {count - done} still to do."
