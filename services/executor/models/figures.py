"""The figures of a queue: how deep, how old, how busy, by processor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from services.executor.models.tables import AiTask

RATE_WINDOW = timedelta(minutes=5)


def by_processor(tenant_id: str, *, now: datetime) -> list[dict[str, Any]]:
    """One row a processor that has something queued or running, or ended something in the last minutes."""
    queued, running = peewee.SQL("status = 'queued'"), peewee.SQL("status = 'running'")
    figures: dict[str, dict[str, Any]] = {}
    due = AiTask.available_at <= now
    for row in (
        AiTask.select(
            AiTask.processor,
            peewee.fn.SUM(peewee.Case(None, [(due, 1)], 0)).alias("depth"),
            peewee.fn.SUM(peewee.Case(None, [(due, 0)], 1)).alias("waiting"),
            peewee.fn.MIN(peewee.Case(None, [(due, AiTask.available_at)], None)).alias("oldest"),
        )
        .where(queued, AiTask.tenant_id == tenant_id)
        .group_by(AiTask.processor)
        .dicts()
    ):
        oldest = AiTask.available_at.python_value(row["oldest"])
        _of(figures, row["processor"]).update(
            depth=row["depth"],
            waiting=row["waiting"],
            oldest_seconds=(now - oldest).total_seconds() if oldest else None,
        )
    for row in (
        AiTask.select(AiTask.processor, peewee.fn.COUNT(AiTask.id).alias("n"))
        .where(running, AiTask.tenant_id == tenant_id)
        .group_by(AiTask.processor)
        .dicts()
    ):
        _of(figures, row["processor"])["running"] = row["n"]
    for row in (
        AiTask.select(AiTask.processor, peewee.fn.COUNT(AiTask.id).alias("n"))
        .where((AiTask.finished_at > now - RATE_WINDOW) & (AiTask.tenant_id == tenant_id))
        .group_by(AiTask.processor)
        .dicts()
    ):
        _of(figures, row["processor"])["per_minute"] = round(row["n"] / (RATE_WINDOW.total_seconds() / 60), 2)
    return [figures[name] for name in sorted(figures)]


def _of(figures: dict[str, dict[str, Any]], processor: str) -> dict[str, Any]:
    empty = {"processor": processor, "depth": 0, "waiting": 0, "running": 0, "oldest_seconds": None, "per_minute": 0.0}
    return figures.setdefault(processor, empty)
