"""The deletion of AI tasks whose subjects are gone; limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence

from services.executor.models.tables import AiTask, Attempt, Effect, Request, Tracking, feed, words
from services.executor.models.tasks import KIND

AT_ONCE = 400
"""Values in one statement, so that they are fewer than SQLite takes."""


def of_subjects(tenant_id: str, subjects: Sequence[str]) -> int:
    """Delete the AI tasks about these subjects with their attempts, effects and requests, and mark them in the feed. What
    runs meanwhile loses its lease. Returns how many. Call it inside a transaction."""
    query = AiTask.for_tenant(tenant_id, AiTask.id).where(AiTask.subject.in_(list(subjects)))
    task_ids = [task.id for task in query]
    for start in range(0, len(task_ids), AT_ONCE):
        part = task_ids[start : start + AT_ONCE]
        for column in (Attempt.task_id, Effect.origin, Request.source_id, Tracking.task_id, AiTask.id):
            column.model.delete_for(tenant_id).where(column.in_(part)).execute()
    for task_id in task_ids:
        words.drop(KIND, tenant_id, task_id)
        feed.mark(KIND, task_id, tenant_id)
    return len(task_ids)
