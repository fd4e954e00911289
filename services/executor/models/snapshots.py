"""What the others see in the feed: AI tasks with their attempts and effects, processors, and requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.executor.models import effects
from services.executor.models.requests import KINDS
from services.executor.models.tables import AiTask, Attempt, Effect, OfferedProcessor, Request, feed
from shared import clock


@feed.snapshot("ai-task")
def _tasks(ids: list[str]) -> dict[str, dict[str, Any]]:
    tasks = list(AiTask.select().where(AiTask.id.in_(ids)))
    attempts: dict[str, list[Attempt]] = {}
    for attempt in Attempt.select().where(Attempt.task_id.in_(ids)).order_by(Attempt.task_id, Attempt.lease):
        attempts.setdefault(attempt.task_id, []).append(attempt)
    made: dict[str, list[Effect]] = {}
    for effect in effects.of([task.origin for task in tasks]):
        made.setdefault(effect.origin, []).append(effect)
    return {task.id: of_task(task, attempts.get(task.id, ()), made.get(task.origin, ())) for task in tasks}


def of_task(task: AiTask, attempts: Iterable[Attempt], made: Iterable[Effect]) -> dict[str, Any]:
    """A task as the others see it, whole."""
    return {
        "id": task.id,
        "tenantId": task.tenant_id,
        "title": task.title,
        "processor": task.processor,
        "status": task.status,
        "priority": task.priority,
        "createdAt": clock.rfc3339(task.created_at),
        "availableAt": clock.rfc3339(task.available_at),
        "startedAt": clock.rfc3339(task.started_at),
        "finishedAt": clock.rfc3339(task.finished_at),
        "durationMs": task.duration_ms,
        "retryOf": task.retry_of,
        "origin": task.origin,
        "retryNumber": task.retry_number,
        "subject": task.subject,
        "source": task.source,
        "metadata": task.metadata,
        "result": task.result,
        "error": task.error,
        "maxAttempts": task.max_attempts,
        "attempts": [
            {
                "number": attempt.number,
                "startedAt": clock.rfc3339(attempt.started_at),
                "endedAt": clock.rfc3339(attempt.ended_at),
                "outcome": attempt.outcome,
                "error": attempt.error,
            }
            for attempt in attempts
        ],
        "effects": [
            {
                "name": effect.name,
                "status": effect.status,
                "key": effect.key,
                "intendedAt": clock.rfc3339(effect.intended_at),
                "settledAt": clock.rfc3339(effect.settled_at),
                "outcome": effect.outcome,
            }
            for effect in made
        ],
        "by": task.by,
    }


@feed.snapshot("processor")
def _processors(names: list[str]) -> dict[str, dict[str, Any]]:
    return {
        row.name: {
            "id": row.name,
            "tenantId": "",
            "name": row.name,
            "version": row.version,
            "description": row.description,
            "metadataSchema": row.metadata_schema,
            "dryRun": row.dry_run,
            "deadlineSeconds": row.deadline_seconds,
        }
        for row in OfferedProcessor.select().where(OfferedProcessor.name.in_(names))
    }


def _requests(kind: str) -> Callable[[list[str]], dict[str, dict[str, Any]]]:
    def read(ids: list[str]) -> dict[str, dict[str, Any]]:
        rows = Request.select().where(Request.id.in_(ids) & (Request.kind == kind))
        return {row.id: {"id": row.id, "tenantId": row.tenant_id, **row.body} for row in rows}

    return read


for _kind in KINDS:
    feed.snapshot(_kind)(_requests(_kind))
