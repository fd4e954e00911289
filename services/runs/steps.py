"""Starts, skips, completes, resets and assigns steps, and saves what is typed in them and on their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.runs import models, people, states
from services.runs.action_types import registry
from services.runs.action_types.row_actions import REOPEN
from services.runs.days import today_of
from services.runs.models import Delivery, GuidedRun, GuidedStep, Meeting, StepRow, acts, feed
from services.runs.step_rows import step_counts, stored_rows
from services.runs.step_rows.step_progress import progress_of_rows
from services.runs.step_rows.step_records import StepRecords, records_of
from services.runs.wording import plural
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.ground.errors import Conflict
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

DONE = models.runs.DONE
ANYWAY = "complete with a reason"


@dataclass(frozen=True, kw_only=True)
class ChangeStep:
    """Assign a step to a person, for a reason, or save what is typed in it."""

    owner: str | None | NotGiven = NOT_GIVEN
    draft: JsonObject | None | NotGiven = NOT_GIVEN
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """Save what is typed on a row: parts of its draft, its mark, its note."""

    draft: JsonObject | NotGiven = NOT_GIVEN
    mark: str | None | NotGiven = NOT_GIVEN
    note: str | None | NotGiven = NOT_GIVEN


def start(by: Principal, run_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> GuidedStep:
    """Start a pending or skipped step and store its rows. NotFound, Stale; Conflict names what is allowed instead."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("start", step.status)
        models.runs.change_step(step, status=after, started_at=now, completed_at=None, reason=None, done_by=None)
        stored_rows.store(registry.context_of(by, run, step, now=now))
        _after_move(by, run, step, "started step", now)
        return step


def complete(
    by: Principal, run_id: str, step_id: str, *, now: datetime, reason: str | None = None, expected: int | None = None
) -> GuidedStep:
    """Complete a step. With work left it keeps the reason; without, only the log has it.

    NotFound, Stale; Conflict unless it is in progress, and when there is work left, which `left` names, and no reason.
    """
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("complete", step.status)
        left = left_of(step)
        if left and not reason:
            raise Conflict(
                f"There is work left in “{step.title}”; say why it is complete anyway.", allowed=[ANYWAY], left=left
            )
        why_left = reason if left else None
        models.runs.change_step(step, status=after, completed_at=now, reason=why_left, done_by=by.as_json())
        _after_move(by, run, step, "completed step", now, reason, left=left)
        return step


def left_of(step: GuidedStep) -> list[str]:
    """Sentences on what the step still expects, without rows whose subject was removed."""
    rows = models.rows.of_step(step)
    subjects = [row.subject_id for row in rows if row.subject_kind == "partnership"]
    gone = frozenset(subjects) - frozenset(models.partnerships.many(step.tenant_id, subjects))
    deliveries = models.deliveries.of_step(step)
    return progress_of_rows(registry.config_of(step), rows, deliveries, step.result, gone).left


def skip(
    by: Principal, run_id: str, step_id: str, *, now: datetime, reason: str | None = None, expected: int | None = None
) -> GuidedStep:
    """Skip a step; it can be started later. NotFound, Stale, Conflict."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("skip", step.status)
        models.runs.change_step(step, status=after, completed_at=now, reason=reason, done_by=by.as_json())
        _after_move(by, run, step, "skipped step", now, reason)
        return step


def reset(
    by: Principal, run_id: str, step_id: str, *, now: datetime, dry_run: bool = False, expected: int | None = None
) -> tuple[GuidedStep, list[str]]:
    """Reset a step to pending, or with `dry_run` change nothing. Returns it with sentences on what is not taken back;
    the rows of that stay, so that nothing is done twice. NotFound, Stale, Conflict."""
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        after = states.STEP.after("reset", step.status)
        records = records_of(step)
        stands = _kept_after_reset(step, records, now)
        if dry_run:
            return step, stands
        lasting = _lasting_rows(records)
        models.rows.drop([row for row in records.rows if row.id not in lasting])
        models.runs.change_step(
            step, status=after, started_at=None, completed_at=None, reason=None, done_by=None, draft=None
        )
        _after_move(by, run, step, "reset step", now, standing=stands)
        return step, stands


def _kept_after_reset(step: GuidedStep, records: StepRecords, now: datetime) -> list[str]:
    """What was done in a step that a reset cannot take back, in sentences."""
    today, counts = today_of(step.tenant_id, now), step_counts.total([step])
    named = [said for action_type in registry.ACTION_TYPES for said in action_type.kept_after_reset(records, today)]
    counted = [
        count.kept_after_reset.format(plural(counts[count.name], count.noun))
        for count in registry.COUNTS
        if count.kept_after_reset and counts.get(count.name)
    ]
    return named + counted


def _lasting_rows(records: StepRecords) -> set[str]:
    """The ids of the rows with an effect outside the step, or with a delivery or a call, whatever became of it."""
    outside = {action.name for action in registry.ACTIONS.values() if action.survives_reset}
    rows = {row.id for row in records.rows if (row.outcome or {}).get("type") in outside}
    sent: list[Delivery | Meeting] = [*records.deliveries, *records.meetings]
    return rows | {record.row_id for record in sent if record.row_id}


def change(
    by: Principal, run_id: str, step_id: str, command: ChangeStep, *, now: datetime, expected: int | None = None
) -> GuidedStep:
    """Change the owner or the draft of a step; a draft is not logged, because it has no effect.

    NotFound, Stale; Invalid for a new owner who is not an active person of the tenant; Conflict when the run is paused or
    over, and for a new draft of a step that is completed or skipped. What is given as it is already changes nothing.
    """
    with feed.transaction():
        run, step = opened(by, run_id, step_id, expected)
        values = {
            name: value for name, value in given(command, "owner", "draft").items() if value != getattr(step, name)
        }
        if "draft" in values and step.status not in ("pending", "in_progress"):
            raise Conflict(f"The step is {step.status}.", allowed=states.STEP.allowed(step.status))
        before = step.owner
        if "owner" in values:
            people.require(by, values["owner"])
        if values:
            models.runs.change_step(step, **values)
        if "owner" in values:
            people.notify_of_assignment(by, run, values["owner"], f"“{step.title}” in {run.name}", step.id, now)
            record(by, run, step, "assigned step", now, command.reason, owner=values["owner"], before=before)
        return step


def change_row(
    by: Principal,
    run_id: str,
    step_id: str,
    row_id: str,
    command: ChangeRow,
    *,
    now: datetime,
    expected: int | None = None,
) -> StepRow:
    """Save what is typed on a row: draft, mark, note. It is not logged as an act; the action that uses it is. NotFound,
    Stale, Conflict."""
    with feed.transaction():
        _, step = at_work(by, run_id, step_id, None)
        row = models.rows.find(step, row_id)
        row.expect(expected)
        values = given(command)
        if "draft" in values and row.state != "open":
            raise Conflict(f"The row is {row.state.replace('_', ' ')}.", allowed=[REOPEN.name])
        if "draft" in values:
            values["draft"] = (row.draft or {}) | values["draft"]
        models.rows.change(row, now, by=by.as_json(), **values)
        return row


def opened(by: Principal, run_id: str, step_id: str, expected: int | None) -> tuple[GuidedRun, GuidedStep]:
    """The run, locked, and the step. NotFound, Stale, or Conflict when the run is paused or over."""
    run = models.runs.get_for_update(by.tenant_id, run_id)
    step = models.runs.step_of(run, step_id)
    step.expect(expected)
    if run.status != "in_progress":
        allowed = ["resume"] if run.status == "paused" else []
        raise Conflict(f"The guided run is {run.status}.", allowed=allowed)
    return run, step


def at_work(by: Principal, run_id: str, step_id: str, expected: int | None) -> tuple[GuidedRun, GuidedStep]:
    """Like `opened`, but Conflict unless the step is in progress."""
    run, step = opened(by, run_id, step_id, expected)
    if step.status != "in_progress":
        raise Conflict(
            f"The step is {step.status}; nothing is done in it now.", allowed=states.STEP.allowed(step.status)
        )
    return run, step


def _after_move(
    by: Principal, run: GuidedRun, step: GuidedStep, verb: str, now: datetime, reason: str | None = None, **details: Any
) -> None:
    """Finish a move of a step: update its counts and the run's progress, and record the act."""
    step_counts.recount(step)
    advance(run)
    record(by, run, step, verb, now, reason, **details)


def advance(run: GuidedRun) -> None:
    """Write the progress of a run. Call it inside a transaction."""
    steps = models.runs.steps_of(run)
    models.runs.change(run, steps_done=sum(step.status in DONE for step in steps), steps_total=len(steps))


def record(
    by: Principal, run: GuidedRun, step: GuidedStep, verb: str, now: datetime, reason: str | None = None, **details: Any
) -> None:
    """Record the act of a verb on a step, for the run's log."""
    details = {"stepId": step.id, "step": step.title} | {name: value for name, value in details.items() if value}
    acts.record(by, verb, "guided-run", run.id, now=now, reason=reason, details=details)
