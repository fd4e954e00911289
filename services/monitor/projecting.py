"""Applies the changes of the other services to the read model; in any order and any number of times, the result is the
same.

Each snapshot is the whole state of its subject, so only the newest version of each counts, and the state of a run
follows from the newest versions of its parts (aggregating.py). A feed has one row per subject: nothing older comes
after a deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.monitor import aggregating, notifying, run_kinds, states
from services.monitor.models import notices, runs, trail
from services.monitor.run_kinds import RunKind
from services.monitor.run_kinds.run_kind import moment
from shared.database.model import Columns
from shared.feed.consumer import Change
from shared.ground import clock
from shared.ground.errors import Invalid

Apply = Callable[[Change], None]


def runs_of(kind: RunKind) -> Apply:
    """Returns the function that applies a change of a run of this kind; parts that came before the run count for it.

    A snapshot that is not newer than the row is ignored. Invalid for the id of a run of another tenant or kind.
    """

    def apply(change: Change) -> None:
        before = runs.stored(change.subject)
        if before:
            _refuse_another(before, change, kind)
        if before and before.version >= change.version:
            return
        if not change.deleted:
            _project(change, kind, before)
        elif before:
            aggregating.leave_tombstone(before, change.version)
        for parent in {_parent_of(change.data), before.parent_id if before else None}:
            if parent is not None:
                _aggregate_later(parent, change)

    return apply


def _refuse_another(before: runs.Run, change: Change, kind: RunKind) -> None:
    """Invalid for a change with the id of another tenant's or owner's run, so that neither can overwrite it."""
    if (before.tenant_id, before.kind) != (change.tenant_id, kind.key):
        raise Invalid(f"The run {change.subject} is another tenant's or another owner's.")


def _project(change: Change, kind: RunKind, before: runs.Run | None) -> None:
    snapshot = kind.read(change.subject, change.data)
    runs.upsert_detail(change.subject, change.tenant_id, **snapshot.detail)
    if snapshot.steps is not None:
        for step in snapshot.steps:
            runs.upsert_step(_step(change, change.subject, step, kind))
        runs.delete_other_steps(change.tenant_id, change.subject, [step["id"] for step in snapshot.steps])
    row = {
        "id": change.subject,
        "tenant_id": change.tenant_id,
        "version": change.version,
        "kind": kind.key,
        "parent_id": _parent_of(change.data),
        **vars(snapshot.facts),
    }
    aggregating.aggregate(row, before, run_kinds.published_as(_source(change.data).get("kind")))
    if snapshot.facts.retry_of:
        aggregating.supersede(snapshot.facts.retry_of, change.tenant_id)


def steps_of(kind: RunKind) -> Apply:
    """Returns the function that applies a change of one step of a run of this kind; the step may come before its run.

    A deletion does not name the step's run; the stored row does.
    """

    def apply(change: Change) -> None:
        before = runs.stored_step(change.tenant_id, change.subject)
        if before and before.version >= change.version:
            return
        if not change.deleted:
            run_id = change.data[kind.step_run_field]
            runs.upsert_step(_step(change, run_id, change.data, kind))
            _aggregate_later(run_id, change)
        elif before:
            runs.drop_step(before)
            _aggregate_later(before.run_id, change)

    return apply


def notification_requests(changes: Sequence[Change]) -> None:
    """Store notifications requested by other contexts, each once, even if its request changes or is deleted later."""
    notices.publish([row for change in changes if not change.deleted for row in notifying.rows_of(change)])


def acts(changes: Sequence[Change]) -> None:
    """Add acts to the trail. An act never changes, so later versions are ignored."""
    trail.copy_acts([_trail_row(change) for change in changes if not change.deleted])


def _trail_row(change: Change) -> Columns:
    data, by = change.data, change.data["by"]
    return {
        "id": change.subject,
        "tenant_id": change.tenant_id,
        "at": clock.parse(data["at"]),
        "source": change.source,
        "by_kind": by.get("kind", ""),
        "by_id": by.get("id", ""),
        "by_name": by.get("name", ""),
        "verb": data["verb"],
        "subject_kind": data["subjectKind"],
        "subject_id": data["subjectId"],
        "reason": data.get("reason"),
        "details": data.get("details"),
        "request_id": data.get("requestId") or "",
    }


def _aggregate_later(run_id: str, change: Change) -> None:
    """Aggregate a run after one of its parts has changed; once a batch, because that reads all parts and a plan has
    hundreds."""
    change.once(("aggregate", change.tenant_id, run_id), lambda: aggregating.aggregate_again(run_id, change.tenant_id))


def _source(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The source of an AI task according to its snapshot; empty for everything else, and for a deletion."""
    source = data.get("source")
    return source if isinstance(source, Mapping) else {}


def _parent_of(data: Mapping[str, Any]) -> str | None:
    """The run of which this AI task is a step; None if it is no step, and for a deletion, which does not say."""
    source = _source(data)
    kind = run_kinds.published_as(source.get("kind"))
    if kind is not None and kind.tasks_are_steps and kind.owner == source.get("service"):
        return source.get("id")
    return None


def _step(change: Change, run_id: str, data: Mapping[str, Any], kind: RunKind) -> Columns:
    started, ended = moment(data.get("startedAt")), moment(data.get("completedAt"))
    return {
        "run_id": run_id,
        "id": data["id"],
        "tenant_id": change.tenant_id,
        "order_index": data["orderIndex"],
        "kind": data.get("kind") or data.get("actionType") or "step",
        "name": data["title"],
        "status": kind.step_statuses[data["status"]],
        "cache_hit": bool(data.get("cacheHit")),
        "started_at": started,
        "completed_at": ended,
        "duration_ms": states.milliseconds(ended - started) if started and ended else None,
        "summary": data.get("summary"),
        "input": data.get("input"),
        "output": data.get("output", data.get("result")),
        "version": change.version,
    }
