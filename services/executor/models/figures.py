"""The figures of a queue: how deep, how old, how busy, by processor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from services.executor.models.tables import AiTask

RATE_WINDOW = timedelta(minutes=5)


def by_processor(tenant_id: str, *, now: datetime) -> list[dict[str, Any]]:
    """One row a processor that has something queued or running, or ended something in the last minutes."""
    figures: dict[str, dict[str, Any]] = {}
    due = AiTask.available_at <= now
    depths = (
        peewee.fn.SUM(peewee.Case(None, [(due, 1)], 0)).alias("depth"),
        peewee.fn.SUM(peewee.Case(None, [(due, 0)], 1)).alias("waiting"),
        peewee.fn.MIN(peewee.Case(None, [(due, AiTask.available_at)], None)).alias("oldest"),
    )
    for row in _grouped(tenant_id, peewee.SQL("status = 'queued'"), *depths):
        oldest = AiTask.available_at.python_value(row.pop("oldest"))
        _of(figures, row).update(row, oldest_seconds=(now - oldest).total_seconds() if oldest else None)
    count = peewee.fn.COUNT(AiTask.id)
    for row in _grouped(tenant_id, peewee.SQL("status = 'running'"), count.alias("running")):
        _of(figures, row).update(row)
    minutes = RATE_WINDOW.total_seconds() / 60
    for row in _grouped(tenant_id, AiTask.finished_at > now - RATE_WINDOW, count.alias("ended")):
        _of(figures, row).update(per_minute=round(row["ended"] / minutes, 2))
    return [figures[name] for name in sorted(figures)]


def _grouped(tenant_id: str, where: Any, *columns: Any) -> list[dict[str, Any]]:
    tenant = AiTask.tenant_id == tenant_id
    rows: Any = AiTask.select(AiTask.processor, *columns).where(tenant, where).group_by(AiTask.processor).dicts()
    return list(rows)


def _of(figures: dict[str, dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    empty = {"depth": 0, "waiting": 0, "running": 0, "oldest_seconds": None, "per_minute": 0.0}
    return figures.setdefault(row["processor"], {"processor": row["processor"], **empty})
