"""AI tasks that failed for good and that nobody has retried; limited to one tenant."""

from __future__ import annotations

from typing import Any

import peewee

from services.executor.models.tables import AiTask
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database import pagination

COLUMNS = (
    "id", "tenant_id", "title", "processor", "created_at", "finished_at", "attempts", "max_attempts", "subject",
    "source_service", "source_kind", "source_id", "error",
)  # fmt: skip


def page(tenant_id: str, *, processor: str | None, limit: int, offset: int, cursor: str | None) -> Page:
    """A page of them, those that were made last first."""
    columns = [getattr(AiTask, name) for name in COLUMNS]
    rows = _given_up(tenant_id, *columns)
    if processor is not None:
        rows = rows.where(AiTask.processor == processor)
    order = [(AiTask.created_at, "desc"), (AiTask.id, "desc")]
    return pagination.page(rows, order, limit=limit, offset=offset, cursor=cursor)


def count(tenant_id: str) -> int:
    """How many there are; COUNTED_UP_TO + 1 for more."""
    return _given_up(tenant_id, AiTask.id).limit(COUNTED_UP_TO + 1).count()


def _given_up(tenant_id: str, *columns: Any) -> Any:
    """The failed tasks without a later one in their chain of retries."""
    later = AiTask.alias()
    after = later.for_tenant(tenant_id, later.id).where(
        later.origin == AiTask.origin, later.retry_number > AiTask.retry_number
    )
    return AiTask.for_tenant(tenant_id, *columns).where(AiTask.status == "failed", ~peewee.fn.EXISTS(after))
