"""Counting again what was done in a step, from the rows that say so, and what it still expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.runs import models, summing
from services.runs.expecting import Expected, Line, expected
from services.runs.models import Activity, Delivery, GuidedStep, StepRow
from services.runs.wanting import wanted

FAILED = ("failed", "unknown", "cancelled")


def recount(step: GuidedStep) -> None:
    """Write a step's result and its line as they follow from what is there now. Inside a transaction."""
    counts = _counted(step)
    notes = (step.result or {}).get("notes")
    result = {name: counts[name] for name in summing.COUNTS if counts[name]} | ({"notes": notes} if notes else {})
    models.runs.tell_result(step, result or None, summing.line(result))


def _counted(step: GuidedStep) -> Counter[str]:
    counts = _of_rows(models.rows.of_step(step.id)) + _of_mails(models.deliveries.of_step(step.id))
    made = models.needs.made_in(step.id, step.run_id)
    counts += _of_activities(made)
    counts["meetingsScheduled"] = sum(one.status == "booked" for one in models.meetings.of_step(step.id))
    tasks = models.deliveries.tasks_of(step.id)
    counts["tasksCreated"] = len(tasks)
    counts["tasksCompleted"] = sum(one.status == "completed" for one in tasks)
    counts["notesAdded"] = len(_notes(step, made))
    return counts


def _of_rows(rows: Sequence[StepRow]) -> Counter[str]:
    done = Counter(str((row.outcome or {}).get("type")) for row in rows if row.state == "done")
    return Counter(
        partnershipsReviewed=done["review_row"],
        objectivesUpdated=done["update_objective"],
        setAside=sum(row.state == "set_aside" for row in rows),
    )


def _of_mails(deliveries: Sequence[Delivery]) -> Counter[str]:
    mails = Counter(one.status for one in deliveries if one.kind == "email")
    return Counter(
        emailsSent=mails["sent"], emailsQueued=mails["queued"], emailsFailed=sum(mails[status] for status in FAILED)
    )


def _of_activities(made: Sequence[Activity]) -> Counter[str]:
    """Stages count by the partnerships that are elsewhere than before."""
    places: dict[str, list[str]] = {}
    for one in made:
        if one.kind == "stage_change" and one.details:
            places.setdefault(one.partnership_id, [one.details["from"]]).append(one.details["to"])
    return Counter(
        partnershipsUpdated=sum(path[0] != path[-1] for path in places.values()),
        partnershipsCreated=sum(one.kind == "created" for one in made),
    )


def _notes(step: GuidedStep, made: Sequence[Activity]) -> set[str]:
    """The ids of the notes; one that stands with several partnerships, and with the run, is one note."""
    with_partnerships = {(one.details or {}).get("noteId", one.id) for one in made if one.kind == "note"}
    return with_partnerships | {one["id"] for one in (step.result or {}).get("notes") or ()}


def expected_of(
    step: GuidedStep, rows: Sequence[StepRow], deliveries: Sequence[Delivery], gone: frozenset[str] = frozenset()
) -> Expected:
    """What a step expects, how much is done, and what is left. `gone` are ids of what is there no more."""
    problems = {one.row_id: _problem(one) for one in deliveries if one.status in FAILED}
    lines = [
        Line(row.shown["name"], row.state != "open", problems.get(row.id)) for row in rows if row.subject_id not in gone
    ]
    return expected(step.action_type, wanted(step.action_type, step.config), lines, step.result)


def _problem(delivery: Delivery) -> str:
    to = ", ".join(one["email"] for one in delivery.recipients)
    what = "The e-mail" if delivery.kind == "email" else "The invitation"
    if delivery.status == "unknown":
        return f"Nobody knows whether {what[0].lower() + what[1:]} to {to} went out; a person must look."
    return f"{what} to {to} was not sent: {delivery.error or delivery.status}."
