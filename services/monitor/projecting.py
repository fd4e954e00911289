"""Changes of the others, read into the read model: in any order, any number of times, the same rows come out.

Each snapshot is the whole state of its subject, so the newest version of each is all that counts, and what a run amounts to
follows from the newest of all its parts (folding.py). A feed serves one row a subject: after a deletion nothing older comes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from services.monitor import folding, models, states
from services.monitor.models import notices, runs
from shared import clock
from shared.reading import Change

PARENT = ("workflows", "workflow-execution")
"""The source of an AI task that is a step of a run."""


def _newest(read: Callable[[Change], dict[str, Any]]) -> Callable[[Change], None]:
    """Decorator of a reader of runs: what is not newer than the row is passed over; the facts that it reads are settled."""

    @functools.wraps(read)
    def apply(change: Change) -> None:
        models.fold_alone()
        before = runs.stored(change.subject)
        if before and before.version >= change.version:
            return
        if not change.deleted:
            told = {"id": change.subject, "tenant_id": change.tenant_id, "version": change.version}
            folding.settle(told | read(change), before)
        elif before:
            folding.bury(before, change.version)
        for parent in {_parent_of(change.data), before.parent_id if before else None}:
            if parent is not None:
                _settle_later(parent, change)

    return apply


@_newest
def ai_task(change: Change) -> dict[str, Any]:
    """An AI task: a run of its own, and a step of the workflow execution that it comes from."""
    data = change.data
    context = {
        name: data.get(name) for name in ("processor", "priority", "availableAt", "source", "attempts", "effects", "by")
    }
    runs.keep_detail(
        change.subject,
        change.tenant_id,
        trigger_payload=data.get("metadata"),
        context=context,
        result=data.get("result"),
        error=data.get("error"),
    )
    return {
        "kind": "ai_task",
        "workflow_name": data.get("title") or data["processor"],
        "workflow_key": data["processor"].casefold(),
        "own_status": data["status"],
        "subject_id": data.get("subject"),
        "retry_of": data.get("retryOf"),
        "parent_id": _parent_of(data),
        "origin": data.get("origin") or change.subject,
        "retry_number": data.get("retryNumber") or 0,
        "attempts": len(data.get("attempts") or ()),
        "error_summary": states.message_of(data.get("error")),
        **_times(data, "finishedAt"),
    }


@_newest
def workflow_execution(change: Change) -> dict[str, Any]:
    """A workflow execution, with whatever of its steps and AI tasks came before it."""
    data = change.data
    told = {name: data.get(name) for name in ("stage", "planStatus", "customerId")}
    runs.keep_detail(
        change.subject,
        change.tenant_id,
        trigger_payload=data.get("triggerPayload"),
        context=(data.get("context") or {}) | told,
    )
    return {
        "kind": "workflow_execution",
        "workflow_name": data["workflowName"],
        "own_status": data["status"],
        "workflow_key": data["workflowName"].partition(":")[0].strip().casefold(),
        "owner": data.get("owner"),
        "subject_id": data.get("customerId"),
        "subject_name": data.get("customerName"),
        "human_work": bool(data.get("openHumanWork")),
        **_times(data, "completedAt"),
    }


@_newest
def guided_run(change: Change) -> dict[str, Any]:
    """A guided run, which brings its steps with it."""
    data, steps = change.data, change.data.get("steps") or []
    context = {name: data.get(name) for name in ("description", "linkedPartnershipIds", "outcome")}
    runs.keep_detail(
        change.subject, change.tenant_id, trigger_payload={"templateId": data.get("templateId")}, context=context
    )
    for step in steps:
        runs.keep_step(_step(change, change.subject, step, states.GUIDED_STEP))
    runs.keep_only_steps(change.subject, [step["id"] for step in steps])
    return {
        "kind": "guided_run",
        "workflow_name": data["name"],
        # "Weekly Pipeline Review, 23 November 2026" is one of the weekly pipeline reviews.
        "workflow_key": data["name"].partition(",")[0].strip().casefold(),
        "own_status": data["status"],
        "owner": data.get("owner"),
        **_times(data, "completedAt"),
    }


def workflow_step(change: Change) -> None:
    """A step of a workflow execution, which may come before its run. A deletion does not say of which run; the row does."""
    models.fold_alone()
    known = runs.stored_step(change.tenant_id, change.subject)
    if known and known.version >= change.version:
        return
    if not change.deleted:
        run_id = change.data["executionId"]
        runs.keep_step(_step(change, run_id, change.data, states.WORKFLOW_STEP))
        _settle_later(run_id, change)
    elif known:
        runs.drop_step(known)
        _settle_later(known.run_id, change)


def notification_request(change: Change) -> None:
    """What another context wants a person to know; told once, whatever happens to the request."""
    data = change.data
    if not change.deleted:
        notices.tell(
            id=change.subject,
            tenant_id=change.tenant_id,
            recipient_id=data.get("recipientId"),
            kind=data["kind"],
            title=data["title"],
            body=data.get("body") or "",
            link=data.get("link"),
            source=change.source,
            created_at=clock.parse(data["createdAt"]),
        )


def act(change: Change) -> None:
    """A line of the trail; acts never change, so the first word on each is the last."""
    data = change.data
    if not change.deleted:
        by = data["by"]
        notices.copy_act(
            id=change.subject,
            tenant_id=change.tenant_id,
            at=clock.parse(data["at"]),
            source=change.source,
            by_kind=by.get("kind", ""),
            by_id=by.get("id", ""),
            by_name=by.get("name", ""),
            verb=data["verb"],
            subject_kind=data["subjectKind"],
            subject_id=data["subjectId"],
            reason=data.get("reason"),
            details=data.get("details"),
            request_id=data.get("requestId") or "",
        )


def _settle_later(run_id: str, change: Change) -> None:
    """Settle a run of which a part has changed: once a batch, because it asks for all parts, and a plan has hundreds of them."""
    change.once(("settle", change.tenant_id, run_id), lambda: folding.settle_again(run_id, change.tenant_id))


def _parent_of(data: Mapping[str, Any]) -> str | None:
    """The run whose step this AI task is; None for what is no step, and for a deletion, which does not say."""
    source = data.get("source")
    if isinstance(source, Mapping) and (source.get("service"), source.get("kind")) == PARENT:
        return source.get("id")
    return None


def _step(change: Change, run_id: str, data: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    started, ended = _moment(data.get("startedAt")), _moment(data.get("completedAt"))
    return {
        "run_id": run_id,
        "id": data["id"],
        "tenant_id": change.tenant_id,
        "order_index": data["orderIndex"],
        "kind": data.get("kind") or data.get("actionType") or "step",
        "name": data["title"],
        "status": words[data["status"]],
        "cache_hit": bool(data.get("cacheHit")),
        "started_at": started,
        "completed_at": ended,
        "duration_ms": states.milliseconds(ended - started) if started and ended else None,
        "summary": data.get("summary"),
        "input": data.get("input"),
        "output": data.get("output", data.get("result")),
        "version": change.version,
    }


def _times(data: Mapping[str, Any], ended: str) -> dict[str, Any]:
    created = clock.parse(data["createdAt"])
    started = _moment(data.get("startedAt"))
    if ended == "completedAt":
        started = started or created
    return {"created_at": created, "started_at": started, "own_completed_at": _moment(data.get(ended))}


def _moment(text: str | None) -> Any:
    return clock.parse(text) if text else None
