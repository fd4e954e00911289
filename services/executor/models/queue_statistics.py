"""Statistics of the work queue, by processor: depth, age, throughput."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import peewee

from services.executor.models.tables import AiTask
from shared.ground.json_types import JsonObject

RATE_WINDOW = timedelta(minutes=5)


def by_processor(tenant_id: str, *, also: Iterable[str] = (), now: datetime) -> list[JsonObject]:
    """A row for each processor that has tasks queued or running, or ended some within RATE_WINDOW, and for those in
    `also`."""
    statistics: dict[str, JsonObject] = {}
    for name in also:
        _of(statistics, {"processor": name})
    due = AiTask.available_at <= now
    depths = (
        peewee.fn.SUM(peewee.Case(None, [(due, 1)], 0)).alias("depth"),
        peewee.fn.SUM(peewee.Case(None, [(due, 0)], 1)).alias("waiting"),
        peewee.fn.MIN(peewee.Case(None, [(due, AiTask.available_at)], None)).alias("oldest"),
    )
    for row in _grouped(tenant_id, peewee.SQL("status = 'queued'"), *depths):
        oldest = AiTask.available_at.python_value(row.pop("oldest"))
        _of(statistics, row).update(row, oldest_seconds=(now - oldest).total_seconds() if oldest else None)
    count = peewee.fn.COUNT(AiTask.id)
    for row in _grouped(tenant_id, peewee.SQL("status = 'running'"), count.alias("running")):
        _of(statistics, row).update(row)
    minutes = RATE_WINDOW.total_seconds() / 60
    for row in _grouped(tenant_id, AiTask.finished_at > now - RATE_WINDOW, count.alias("ended")):
        _of(statistics, row).update(per_minute=round(row["ended"] / minutes, 2))
    return [statistics[name] for name in sorted(statistics)]


def _grouped(tenant_id: str, where: Any, *columns: Any) -> list[dict[str, Any]]:
    query: Any = AiTask.for_tenant(tenant_id, AiTask.processor, *columns).where(where)
    return list(query.group_by(AiTask.processor).dicts())


def _of(statistics: dict[str, JsonObject], row: dict[str, Any]) -> JsonObject:
    empty = {"depth": 0, "waiting": 0, "running": 0, "oldest_seconds": None, "per_minute": 0.0}
    return statistics.setdefault(row["processor"], {"processor": row["processor"], **empty})
