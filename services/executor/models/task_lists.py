"""Lists of AI tasks: pages of them, and those that run, by worker. Each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.executor.models import tasks
from services.executor.models.database import words
from services.executor.models.tables import AiTask, Attempt
from shared.contracts.paging import Page
from shared.ground.json_types import JsonObject
from shared.search import lists
from shared.search.matching import Match


def page(
    tenant_id: str,
    *,
    status: str | None,
    processor: str | None,
    source: tuple[str, str, str] | None,
    q: str | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """A page of a tenant's tasks, newest first, without their payloads."""
    wanted: list[tuple[Any, str | None]] = [(AiTask.status, status), (AiTask.processor, processor)]
    if source:
        wanted += zip((AiTask.source_service, AiTask.source_kind, AiTask.source_id), source, strict=True)
    return lists.page(
        AiTask,
        tenant_id,
        [lists.equal(column, value) for column, value in wanted if value],
        [(AiTask.created_at, "desc"), (AiTask.id, "desc")],
        match=_match(tenant_id, q),
        indexed=True,
        placed="desc",
        columns=[getattr(AiTask, name) for name in LIST_COLUMNS],
        limit=limit,
        offset=offset,
        cursor=cursor,
    )


def _match(tenant_id: str, q: str | None) -> Match | None:
    """The condition for tasks whose titles have words that contain those in `q`, or whose id is `q`."""
    match = words.match(tasks.KIND, tenant_id, q, AiTask.id, parts=True)
    task = tasks.get_or_none(tenant_id, q.lower()) if q else None
    return match.or_id(tenant_id, task.id, AiTask.id) if match and task else match


LIST_COLUMNS = (
    "id",
    "tenant_id",
    "title",
    "processor",
    "status",
    "priority",
    "created_at",
    "available_at",
    "started_at",
    "finished_at",
    "attempts",
    "max_attempts",
    "retry_of",
    "origin",
    "retry_number",
    "subject",
    "source_service",
    "source_kind",
    "source_id",
    "cancel_requested_at",
)


def running_by_worker(tenant_id: str) -> dict[str, list[JsonObject]]:
    """By the worker that has its lease: the tenant's tasks that run, the longest running first, each as `{id, title,
    processor, started_at}` with the start of the present attempt."""
    columns = (AiTask.id, AiTask.title, AiTask.processor, AiTask.lease_owner, Attempt.started_at)
    query = AiTask.for_tenant(tenant_id, *columns, seek=False).where(AiTask.status == tasks.RUNNING)
    present = (Attempt.task_id == AiTask.id) & (Attempt.lease == AiTask.lease)
    rows: Any = query.join(Attempt, on=present).order_by(Attempt.started_at, AiTask.id).dicts()
    running: dict[str, list[JsonObject]] = {}
    for row in rows:
        running.setdefault(row.pop("lease_owner"), []).append(row)
    return running
