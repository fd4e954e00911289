"""Counters of listed runs, kept as the runs change, and the questions that statistics ask of them or of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import peewee
from peewee import BigIntegerField, CompositeKey, IntegerField, TextField, fn

from services.monitor.models import Table, database, within
from services.monitor.models.runs import LISTED, Run
from shared.columns import UtcDateTime

ONE = peewee.SQL("1")


class RunHour(Table):
    """How many runs were created in an hour, by status, and how long those took that ended."""

    tenant_id = TextField()
    at = UtcDateTime()
    status = TextField()
    runs = BigIntegerField()
    timed = BigIntegerField()
    duration_ms = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "at", "status")


class RunDay(Table):
    """How many runs were created in a day, by status and by how long they took (figures.py): for percentiles."""

    tenant_id = TextField()
    at = UtcDateTime()
    status = TextField()
    bucket = IntegerField()
    runs = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "at", "status", "bucket")


class Counter(NamedTuple):
    """So many runs in a status; `timed` of them took `duration_ms` together."""

    status: str
    runs: int
    timed: int
    duration_ms: int


def move(before: Run | None, after: Run) -> None:
    """Take a run out of the counters as it was, and put it in as it is."""
    if before is not None and _counted_as(before) == _counted_as(after):
        return
    _add(before, -1)
    _add(after, +1)


def _counted_as(run: Run) -> tuple[Any, ...]:
    return run.shelf, run.tenant_id, run.created_at, run.status, run.duration_bucket, run.duration_ms


def _add(run: Run | None, by: int) -> None:
    if run is None or run.shelf != LISTED:
        return
    hour = run.created_at.replace(minute=0, second=0, microsecond=0)
    known = {"tenant_id": run.tenant_id, "status": run.status}
    timed = 0 if run.duration_ms is None else by
    _raise(RunHour, {"at": hour, **known}, {"runs": by, "timed": timed, "duration_ms": by * (run.duration_ms or 0)})
    if run.duration_ms is not None:
        _raise(RunDay, {"at": hour.replace(hour=0), **known, "bucket": run.duration_bucket}, {"runs": by})


def _raise(counter: type[Table], key: dict[str, Any], amounts: dict[str, int]) -> None:
    """Add to a counter, which may not be there yet; one that comes to nothing is taken away."""
    fields = [getattr(counter, name) for name in key]
    raised = {getattr(counter, name): getattr(counter, name) + amount for name, amount in amounts.items()}
    counter.insert(**key, **amounts).on_conflict(conflict_target=fields, update=raised).execute()
    if amounts["runs"] < 0:
        mine = [field == value for field, value in zip(fields, key.values(), strict=True)]
        counter.delete().where(*mine, counter.runs == 0).execute()


def standing(tenant_id: str, statuses: Sequence[str], most: int) -> dict[str, int]:
    """How many listed runs stand in each of these statuses, counted up to `most` and no further; one query."""
    mine = Run.select(ONE.alias("one")).where(within(Run, tenant_id), Run.shelf == LISTED)
    rows = [mine.where(Run.status == status).limit(most) for status in statuses]
    counts = [peewee.Select([some], [fn.COUNT(ONE)]).alias(status) for some, status in zip(rows, statuses, strict=True)]
    return dict(zip(statuses, next(iter(peewee.Select(columns=counts).bind(database).tuples())), strict=True))


def _created(tenant_id: str, since: datetime, until: datetime) -> Any:
    mine = within(Run, tenant_id), Run.shelf == LISTED
    return Run.select().where(*mine, Run.created_at >= since, Run.created_at < until)


def created(tenant_id: str, since: datetime, until: datetime, most: int) -> int:
    """How many listed runs were created then, counted up to `most`."""
    return _created(tenant_id, since, until).select(ONE).limit(most).count()


def by_rows(tenant_id: str, since: datetime, until: datetime) -> list[Counter]:
    """The counters of these runs, from their rows."""
    sums = fn.COUNT(ONE), fn.COUNT(Run.duration_ms), fn.COALESCE(fn.SUM(Run.duration_ms), 0)
    return _counters(_created(tenant_id, since, until).select(Run.status, *sums).group_by(Run.status))


def by_hours(tenant_id: str, since: datetime, until: datetime) -> list[Counter]:
    """The counters of all runs created in the whole hours from `since`."""
    sums = fn.SUM(RunHour.runs), fn.SUM(RunHour.timed), fn.SUM(RunHour.duration_ms)
    hours = RunHour.select(RunHour.status, *sums).where(within(RunHour, tenant_id), *_between(RunHour, since, until))
    return _counters(hours.group_by(RunHour.status))


def buckets(tenant_id: str, since: datetime, until: datetime, statuses: Sequence[str]) -> dict[int, int]:
    """How many runs of these statuses, created in the whole days from `since`, fell into each bucket of durations."""
    mine = within(RunDay, tenant_id), RunDay.status.in_(list(statuses)), *_between(RunDay, since, until)
    days: Any = RunDay.select(RunDay.bucket, fn.SUM(RunDay.runs)).where(*mine).group_by(RunDay.bucket)
    return {row[0]: int(row[1]) for row in days.tuples()}


def duration_at(tenant_id: str, since: datetime, until: datetime, statuses: Sequence[str], place: int) -> int | None:
    """The duration at this place, from 0, of those runs in these statuses, sorted by duration."""
    ended = _created(tenant_id, since, until).where(Run.status.in_(list(statuses)), Run.duration_ms.is_null(False))
    return ended.select(Run.duration_ms).order_by(Run.duration_ms).limit(1).offset(place).scalar()


def _between(counter: type[Table], since: datetime, until: datetime) -> tuple[Any, Any]:
    return counter.at >= since, counter.at < until


def _counters(grouped: Any) -> list[Counter]:
    """Sums as whole numbers: PostgreSQL gives those of big integers as decimals."""
    return [Counter(status, *(int(amount) for amount in amounts)) for status, *amounts in grouped.tuples()]
