"""The statements on worker processes. They work for all tenants, and have none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from services.executor.models.database import db
from services.executor.models.installation_tables import Worker
from shared.database import connection

SILENT_SECONDS = 20
"""A worker that was not seen for so long is not alive; it says every few seconds that it is."""

MOST_LISTED = 100


@dataclass(frozen=True)
class Listed:
    """A worker as lists show it."""

    id: str
    name: str
    started_at: datetime
    seen_at: datetime
    slots: int
    busy: int
    alive: bool


def seen(worker_id: str, *, name: str, started_at: datetime, slots: int, busy: int, now: datetime) -> None:
    """Write that a worker is alive now, by the database's clock, and how many tasks it runs."""
    changing = {"seen_at": connection.server_time_plus(db, now, 0), "busy": busy}
    row = {"id": worker_id, "name": name, "started_at": started_at, "slots": slots, **changing}
    Worker.insert(**row).on_conflict(
        conflict_target=[Worker.id], update={getattr(Worker, column): value for column, value in changing.items()}
    ).execute()


def remove(worker_id: str) -> None:
    """Remove a worker that stopped."""
    Worker.delete().where(Worker.id == worker_id).execute()


def newest(*, now: datetime) -> list[Listed]:
    """The workers that were seen last, at most MOST_LISTED."""
    is_alive = Worker.seen_at > connection.server_time_plus(db, now, -SILENT_SECONDS)
    alive = peewee.Case(None, [(is_alive, 1)], 0).alias("alive")
    rows: Any = Worker.select(Worker, alive).order_by(Worker.seen_at.desc(), Worker.id).limit(MOST_LISTED).dicts()
    return [Listed(**row | {"alive": bool(row["alive"])}) for row in rows]
