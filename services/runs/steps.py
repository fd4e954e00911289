"""The life of a step: start, skip, complete and reset; who has it, and what is typed in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.runs import gathering, models, people, results, states, summing
from services.runs.models import GuidedRun, GuidedStep, Meeting, StepRow, acts, feed
from shared.acts import By
from shared.errors import Conflict, Invalid

DONE = models.runs.DONE
ANYWAY = "complete with a reason"


def start(by: By, run_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> GuidedStep:
    """Begin a step, or one that was skipped: what it shows is kept with it from now on. NotFound, Stale; Conflict names
    what is allowed instead."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("start", step.status)
        models.runs.change_step(step, status=after, started_at=now, completed_at=None, reason=None, done_by=None)
        gathering.keep(by, run, step, now=now)
        _settle(by, run, step, "started step", now)
        return step


def complete(
    by: By, run_id: str, step_id: str, *, now: datetime, reason: str | None = None, expected: int | None = None
) -> GuidedStep:
    """Finish a step. With work left and no reason it is a Conflict whose `left` says what is missing."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("complete", step.status)
        left = left_of(step)
        if left and not reason:
            raise Conflict(
                f"There is work left in “{step.title}”; say why it is complete anyway.", allowed=[ANYWAY], left=left
            )
        models.runs.change_step(step, status=after, completed_at=now, reason=reason, done_by=by.as_json())
        _settle(by, run, step, "completed step", now, reason, left=left)
        return step


def left_of(step: GuidedStep) -> list[str]:
    """What the step still expects, in sentences; what is gone is expected of nobody."""
    rows = models.rows.of_step(step.id)
    subjects = [row.subject_id for row in rows if row.subject_kind == "partnership"]
    present = models.partnerships.many(step.tenant_id, subjects)
    gone = frozenset(subjects) - frozenset(present)
    return results.expected_of(step, rows, models.deliveries.of_step(step.id), gone).left


def skip(
    by: By, run_id: str, step_id: str, *, now: datetime, reason: str | None = None, expected: int | None = None
) -> GuidedStep:
    """Pass over a step; it can be started later. NotFound, Stale, Conflict."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("skip", step.status)
        models.runs.change_step(step, status=after, completed_at=now, reason=reason, done_by=by.as_json())
        _settle(by, run, step, "skipped step", now, reason)
        return step


def reset(
    by: By, run_id: str, step_id: str, *, now: datetime, dry_run: bool = False, expected: int | None = None
) -> tuple[GuidedStep, list[str]]:
    """Take a step back to pending; with `dry_run` only say what that means. The sentences name what stands and is not
    taken back; the rows that it was done for stay with the step, so that nothing is done twice."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("reset", step.status)
        stands = standing(step)
        if dry_run:
            return step, stands
        lasting = _lasting(step)
        models.rows.drop([row for row in models.rows.of_step(step.id) if row.id not in lasting])
        models.runs.change_step(
            step, status=after, started_at=None, completed_at=None, reason=None, done_by=None, draft=None
        )
        _settle(by, run, step, "reset step", now, standing=stands)
        return step, stands


def standing(step: GuidedStep) -> list[str]:
    """What was done in a step that a reset cannot take back, in sentences."""
    mails = [one for one in models.deliveries.of_step(step.id) if one.kind == "email"]
    booked = [one for one in models.meetings.of_step(step.id) if one.status == "booked"]
    counts = summing.total([step])
    return [
        *(f"{_mail_said(one.status)}: “{one.subject}” to {_people(one.recipients)}." for one in mails),
        *(f"Booked: “{one.title}” on {_local(one)}." for one in booked),
        *(_counted(counts, name, said) for name, said in STANDING if counts.get(name)),
    ]


def _local(meeting: Meeting) -> str:
    """When it begins, as the tenant's own clock shows it: "Mon 23 Nov, 09:00"."""
    begins = meeting.starts_at.astimezone(ZoneInfo(models.copies.tenants.home(meeting.tenant_id).time_zone))
    return f"{begins:%a} {begins.day} {begins:%b, %H:%M}"


STANDING = (
    ("partnershipsUpdated", "{} moved to another stage; undo each in its row."),
    ("tasksCreated", "{} created and handed over."),
    ("notesAdded", "{} written down."),
    ("partnershipsCreated", "{} created."),
    ("objectivesUpdated", "{} updated."),
)
NOUNS = {
    "partnershipsUpdated": ("partnership", "partnerships"),
    "tasksCreated": ("task", "tasks"),
    "notesAdded": ("note", "notes"),
    "partnershipsCreated": ("partnership", "partnerships"),
    "objectivesUpdated": ("objective", "objectives"),
}


def _counted(counts: dict[str, int], name: str, said: str) -> str:
    one, many = NOUNS[name]
    return said.format(f"{counts[name]} {one if counts[name] == 1 else many}")


def _mail_said(status: str) -> str:
    return {"sent": "Sent", "queued": "On its way", "unknown": "Perhaps sent"}.get(status, "Not sent")


def _people(recipients: Sequence[dict[str, Any]]) -> str:
    return ", ".join(one["email"] for one in recipients)


OUTSIDE = ("send_email", "schedule_meeting", "update_stage", "create_task", "create_partnership", "update_objective")


def _lasting(step: GuidedStep) -> set[str]:
    """The rows for which something was done that stands outside the step."""
    rows = {row.id for row in models.rows.of_step(step.id) if (row.outcome or {}).get("type") in OUTSIDE}
    mails = {one.row_id for one in models.deliveries.of_step(step.id) if one.row_id}
    return rows | mails | {one.row_id for one in models.meetings.of_step(step.id) if one.row_id}


def change(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None
) -> GuidedStep:
    """Give a step to somebody (`owner`, with a `reason`), or keep what is typed in it (`draft`; that is no act, because
    nothing follows from it). NotFound, Stale; Invalid for an owner who is nobody here."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        values = {name: told[name] for name in ("owner", "draft") if name in told}
        if "draft" in values and step.status not in ("pending", "in_progress"):
            raise Conflict(f"The step is {step.status}.", allowed=states.STEP.allowed(step.status))
        before = step.owner
        if "owner" in values:
            people.require(by, values["owner"])
        models.runs.change_step(step, **values)
        if "owner" in values and values["owner"] != before:
            people.tell_of_assignment(by, run, values["owner"], f"“{step.title}” in {run.name}", step.id, now)
            record(by, run, step, "assigned step", now, told.get("reason"), owner=values["owner"], before=before)
        return step


def change_row(
    by: By, run_id: str, step_id: str, row_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None
) -> StepRow:
    """Keep what is typed on a row: draft, mark, note. It is no act; the action that makes it final is. NotFound, Stale,
    Conflict."""
    with feed.transaction():
        _, step = at_work(by, run_id, step_id, None)
        row = models.rows.find(step, row_id)
        row.expect(expected)
        if "draft" in told and row.state != "open":
            raise Conflict(f"The row is {row.state.replace('_', ' ')}.", allowed=["reopen_row"])
        values = {name: told[name] for name in ("draft", "mark", "note") if name in told}
        if values.get("draft") is not None:
            values["draft"] = (row.draft or {}) | values["draft"]
        models.rows.change(row, now, by=by.as_json(), **values)
        return row


def opened(by: By, run_id: str, step_id: str, expected: int | None) -> tuple[GuidedRun, GuidedStep]:
    """The run, held, and the step. NotFound, Stale, or Conflict where the run does not go on."""
    run = models.runs.alone(by.tenant_id, run_id)
    step = models.runs.step_of(run, step_id)
    step.expect(expected)
    if run.status != "in_progress":
        allowed = ["resume"] if run.status == "paused" else []
        raise Conflict(f"The guided run is {run.status}.", allowed=allowed)
    return run, step


def at_work(by: By, run_id: str, step_id: str, expected: int | None) -> tuple[GuidedRun, GuidedStep]:
    """As `opened`, and Conflict unless the step is in progress: nothing is done in any other."""
    run, step = opened(by, run_id, step_id, expected)
    if step.status != "in_progress":
        raise Conflict(
            f"The step is {step.status}; nothing is done in it now.", allowed=states.STEP.allowed(step.status)
        )
    return run, step


def _settle(
    by: By, run: GuidedRun, step: GuidedStep, verb: str, now: datetime, reason: str | None = None, **details: Any
) -> None:
    """What follows from a move of a step: its counts, how far the run is, and the act."""
    results.recount(step)
    advance(run)
    record(by, run, step, verb, now, reason, **details)


def advance(run: GuidedRun) -> None:
    """Write how far a run has come. Inside a transaction."""
    told = models.runs.steps_of(run.id)
    done = sum(one.status in DONE for one in told)
    models.runs.change(run, steps_done=done, steps_total=len(told))


def record(
    by: By, run: GuidedRun, step: GuidedStep, verb: str, now: datetime, reason: str | None = None, **details: Any
) -> None:
    """Write the act of a verb on a step; it stands in the run's log."""
    told = {"stepId": step.id, "step": step.title} | {name: value for name, value in details.items() if value}
    acts.record(by, verb, "guided-run", run.id, now=now, reason=reason, details=told)


def require_kind(row: StepRow, kind: str) -> None:
    """Invalid when the row is about something else."""
    if row.subject_kind != kind:
        raise Invalid(f"The row is about a {row.subject_kind}.", errors={"rowId": [f"Not a {kind}."]})
