"""The questions that statistics ask: capped counts from an index, sums over few rows, and counters by the hour over many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import peewee
from peewee import fn

from services.monitor.models import database, within
from services.monitor.models.runs import Run, RunHour

ONE = peewee.SQL("1")


class Counter(NamedTuple):
    """So many runs ended as `status` within one bucket of durations (figures.py), and took `duration_ms` in all."""

    status: str
    bucket: int
    runs: int
    duration_ms: int


def standing(tenant_id: str, statuses: Sequence[str], most: int) -> dict[str, int]:
    """How many listed runs stand in each of these statuses, counted up to `most` and no further; one query."""
    rows = [
        Run.select(ONE.alias("one")).where(within(Run, tenant_id), Run.listed, Run.status == status).limit(most)
        for status in statuses
    ]
    counts = [peewee.Select([some], [fn.COUNT(ONE)]).alias(status) for some, status in zip(rows, statuses, strict=True)]
    return dict(zip(statuses, next(iter(peewee.Select(columns=counts).bind(database).tuples())), strict=True))


def _created(tenant_id: str, since: datetime, until: datetime) -> Any:
    return Run.select().where(within(Run, tenant_id), Run.listed, Run.created_at >= since, Run.created_at < until)


def created(tenant_id: str, since: datetime, until: datetime, most: int) -> int:
    """How many listed runs were created then, counted up to `most`."""
    return _created(tenant_id, since, until).select(ONE).limit(most).count()


def by_rows(tenant_id: str, since: datetime, until: datetime) -> list[Counter]:
    """The counters of these runs, from their rows."""
    grouped = _created(tenant_id, since, until).select(
        Run.status, Run.duration_bucket, fn.COUNT(ONE), fn.COALESCE(fn.SUM(Run.duration_ms), 0)
    )
    return _counters(grouped.group_by(Run.status, Run.duration_bucket))


def by_hours(tenant_id: str, since: datetime, until: datetime) -> list[Counter]:
    """The counters of all runs created in the whole hours from `since`, from the counters kept by the hour."""
    hours = RunHour.select(RunHour.status, RunHour.bucket, fn.SUM(RunHour.runs), fn.SUM(RunHour.duration_ms)).where(
        within(RunHour, tenant_id), RunHour.hour >= since, RunHour.hour < until
    )
    return _counters(hours.group_by(RunHour.status, RunHour.bucket))


def _counters(grouped: Any) -> list[Counter]:
    """Sums as whole numbers: PostgreSQL gives those of big integers as decimals."""
    return [Counter(status, bucket, int(runs), int(took)) for status, bucket, runs, took in grouped.tuples()]


def duration_at(tenant_id: str, since: datetime, until: datetime, statuses: Sequence[str], place: int) -> int | None:
    """The duration at this place, from 0, of those runs in these statuses, sorted by duration."""
    ended = _created(tenant_id, since, until).where(Run.status.in_(list(statuses)), Run.duration_ms.is_null(False))
    return ended.select(Run.duration_ms).order_by(Run.duration_ms).limit(1).offset(place).scalar()
