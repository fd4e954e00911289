"""The steps of a run as the console and the API show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.monitor import run_kinds, states
from services.monitor.models import runs
from services.monitor.models.runs import Run
from shared.ground import clock
from shared.ground.json_types import JsonObject


@dataclass(frozen=True)
class Step:
    """A step as the console shows it. `attempts` of an AI task includes those of the tasks that it retries, except in
    its own run; `next_attempt_at` is set while it waits for its next attempt."""

    id: str
    skill_id: str
    name: str
    status: str
    order_index: int
    cache_hit: bool
    attempts: int
    created_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    duration_ms: int | None
    summary: str | None
    input: Any
    output: Any
    error: JsonObject | None
    tries: tuple[JsonObject, ...]
    effects: tuple[JsonObject, ...]
    task_id: str | None
    max_attempts: int | None = None
    next_attempt_at: datetime | None = None

    @property
    def kind(self) -> str:
        """The kind, as other services name it."""
        return self.skill_id

    @property
    def title(self) -> str:
        """The title, as other services name it."""
        return self.name


def steps_of(run: Run, *, payloads: bool) -> list[Step]:
    """The steps of a run in order: its owner's, then its AI tasks. A run of a kind without steps is its own step."""
    if run_kinds.named(run.kind).step_statuses:
        tasks = states.latest_of_chains(runs.tasks_of(run.id, run.tenant_id))
        steps = [_own_step(step) for step in runs.steps_of(run.id, run.tenant_id)] + _task_steps(run.tenant_id, tasks)
    else:
        steps = _task_steps(run.tenant_id, [(run, run.attempts)])
    return [
        replace(step if payloads else _without_payloads(step), order_index=place) for place, step in enumerate(steps)
    ]


def readable(error: Any) -> JsonObject | None:
    """The part of an error that every member may read: its message, and whether the outcome is unknown."""
    if not error:
        return None
    details = error if isinstance(error, dict) else {"message": str(error)}
    return {
        "message": states.message_of(details),
        "outcomeUnknown": bool(details.get("outcomeUnknown")),
        "stackTrace": None,
    }


def _without_payloads(step: Step) -> Step:
    tries = tuple({**attempt, "error": readable(attempt.get("error"))} for attempt in step.tries)
    effects = tuple({**effect, "outcome": None} for effect in step.effects)
    return replace(step, input=None, output=None, error=readable(step.error), tries=tries, effects=effects)


def _own_step(step: runs.RunStep) -> Step:
    return Step(
        id=step.id,
        skill_id=step.kind,
        name=step.name,
        status=step.status,
        order_index=0,
        cache_hit=step.cache_hit,
        attempts=0 if step.status in (states.PENDING, states.SKIPPED) else 1,
        created_at=None,
        started_at=step.started_at,
        completed_at=step.completed_at,
        duration_ms=step.duration_ms,
        summary=step.summary,
        input=step.input,
        output=step.output,
        error=None,
        tries=(),
        effects=(),
        task_id=None,
    )


def _task_steps(tenant_id: str, chains: Sequence[tuple[Run, int]]) -> list[Step]:
    details = runs.details_of(tenant_id, [task.id for task, _ in chains])
    return [_task_step(task, attempts, details[task.id]) for task, attempts in chains]


def _task_step(task: Run, attempts: int, detail: runs.RunDetail) -> Step:
    context = detail.context or {}
    return Step(
        id=task.origin or task.id,
        skill_id=context.get("processor") or task.workflow_key,
        name=task.workflow_name,
        status=task.status,
        order_index=0,
        cache_hit=False,
        attempts=attempts,
        created_at=task.created_at,
        started_at=task.started_at,
        completed_at=task.completed_at,
        duration_ms=task.duration_ms,
        summary=_summary_of(detail.result) or task.error_summary,
        input=detail.trigger_payload,
        output=detail.result,
        error=detail.error,
        tries=tuple(context.get("attempts") or ()),
        effects=tuple(context.get("effects") or ()),
        task_id=task.id,
        max_attempts=context.get("maxAttempts"),
        next_attempt_at=_next_attempt(task, context),
    )


def _next_attempt(task: Run, context: JsonObject) -> datetime | None:
    """When a failed attempt of a task is followed by the next one."""
    waits = task.status == states.QUEUED and task.attempts > 0 and context.get("availableAt")
    return clock.parse(context["availableAt"]) if waits else None


def _summary_of(result: Any) -> str | None:
    """The `summary` that a processor may put into its result."""
    summary = result.get("summary") if isinstance(result, dict) else None
    return summary if isinstance(summary, str) else None
