"""Deletes AI tasks because the service that asked for them says that what they are about is gone."""

from __future__ import annotations

from services.executor import models
from services.executor.models import acts
from shared.feed.consumer import Change
from shared.ground.principal import Principal


def apply(change: Change) -> None:
    """Delete the AI tasks about the subjects of an `ai-task-removal-request`; those that are deleted already are none."""
    if change.deleted:
        return
    count = models.removal.of_subjects(change.tenant_id, change.data["subjects"])
    if count:
        by = Principal.from_json(change.data["by"], change.tenant_id)
        details = {"aiTasks": count}
        acts.record(by, "removed AI tasks", "ai-task", change.subject, now=change.now, details=details)
