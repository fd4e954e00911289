"""Queries and writes on what was done with many tasks at once; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.workflows.models.task_tables import TaskBatch


def get(tenant_id: str, batch_id: str, *, for_update: bool = False) -> TaskBatch:
    """The batch. NotFound for another tenant's too."""
    return TaskBatch.get_for(tenant_id, batch_id, for_update=for_update)


def add(**values: Any) -> TaskBatch:
    """Write a batch."""
    return TaskBatch.create(**values)
