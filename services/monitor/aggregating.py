"""Computes a run's state from its own facts, its steps and its AI tasks, again whenever one of them changes."""

from __future__ import annotations

from services.monitor import durations, run_kinds, states
from services.monitor.models import counts, runs
from services.monitor.models.runs import Run
from services.monitor.run_kinds import RunKind
from services.monitor.states import Part
from shared.database.model import Columns


def aggregate(row: Columns, before: Run | None, asked_by: RunKind | None = None) -> None:
    """Write a run from its columns and the stored state of its parts, mark it as changed, and count it.

    `before` is its row as it was; `asked_by` is the kind of the run that requested it, if its snapshot names one.
    """
    kind = run_kinds.named(row["kind"])
    status, parts = _parts(kind, row)
    sums = states.summed_up(status, parts, started_at=row["started_at"], completed_at=row["own_completed_at"])
    took = sums["duration_ms"]
    follows = {
        "duration_rank": durations.rank_of(took, states.epoch_ms(row["started_at"])),
        "duration_bucket": durations.bucket_of(took),
        "listing": kind.listing(status, asked_by, lambda: runs.retried(row["tenant_id"], row["id"])),
    }
    _write(row | sums | follows, before)


def supersede(run_id: str, tenant_id: str) -> None:
    """Remove a retried AI task from the list, because its retry is shown instead. Does nothing while the task is not
    stored."""
    before = runs.stored(run_id)
    if before is not None and before.tenant_id == tenant_id and before.listing == states.ALONE:
        _write(before.__data__ | {"listing": states.TASKS}, before)


def aggregate_again(run_id: str, tenant_id: str) -> None:
    """Compute a run again after one of its parts has changed. Does nothing if the run is not stored yet, or deleted."""
    before = runs.stored(run_id)
    if before is not None and before.tenant_id == tenant_id and before.listing != states.GONE:
        aggregate(dict(before.__data__), before)


def leave_tombstone(run: Run, version: int) -> None:
    """Remove a run that its owner deleted from all lists and counts; the row stays and remembers the version. Steps that
    its owner publishes separately are deleted separately."""
    kind = run_kinds.named(run.kind)
    runs.forget_detail(run)
    if kind.step_statuses and kind.step_change is None:
        runs.delete_other_steps(run.tenant_id, run.id, ())
    _write(run.__data__ | {"listing": states.GONE, "version": version}, run)


def _write(row: Columns, before: Run | None) -> None:
    runs.write(row, before)
    counts.move(before, Run(**row))


def _parts(kind: RunKind, row: Columns) -> tuple[str, list[Part]]:
    """The status of a run, and its parts: its steps and the AI tasks that are steps of it; the run itself if it has no
    steps."""
    run_id, tenant_id = row["id"], row["tenant_id"]
    tasks = states.latest_of_chains(runs.task_states(run_id, tenant_id)) if kind.tasks_are_steps else []
    status = kind.status(row["own_status"], row["human_work"], [task.status for task, _ in tasks])
    if not kind.step_statuses:
        return status, [Part(row["workflow_name"], status, row["own_completed_at"], row["error_summary"])]
    steps = [Part(step.name, step.status, step.completed_at) for step in runs.step_states(run_id, tenant_id)]
    return status, steps + [
        Part(task.workflow_name, task.status, task.own_completed_at, task.error_summary) for task, _ in tasks
    ]
