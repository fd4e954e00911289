"""The snapshots in the feed: AI tasks with their attempts and effects, and processors.

The feed reads the subjects of all tenants, and each snapshot says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.executor.models import effects
from services.executor.models.database import feed
from services.executor.models.installation_tables import PublishedProcessor
from services.executor.models.tables import AiTask, Attempt, Effect
from shared.ground import clock
from shared.ground.json_types import JsonObject


@feed.snapshot("ai-task")
def _tasks(ids: list[str]) -> dict[str, JsonObject]:
    tasks = AiTask.load_of_all_tenants("id", ids)
    attempts: dict[str, list[Attempt]] = {}
    for attempt in sorted(Attempt.load_of_all_tenants("task_id", ids), key=lambda attempt: attempt.lease):
        attempts.setdefault(attempt.task_id, []).append(attempt)
    task_effects: dict[str, list[Effect]] = {}
    for effect in effects.of_chains([task.origin for task in tasks]):
        task_effects.setdefault(effect.origin, []).append(effect)
    return {task.id: of_task(task, attempts.get(task.id, ()), task_effects.get(task.origin, ())) for task in tasks}


def of_task(task: AiTask, attempts: Iterable[Attempt], task_effects: Iterable[Effect]) -> JsonObject:
    """The snapshot of a task (AiTaskSnapshot)."""
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
            for effect in task_effects
        ],
        "by": task.by,
    }


@feed.snapshot("processor")
def _processors(names: list[str]) -> dict[str, JsonObject]:
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
        for row in PublishedProcessor.select().where(PublishedProcessor.name.in_(names))
    }
