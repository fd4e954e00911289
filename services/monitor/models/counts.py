"""Counters of listed runs, updated as the runs change, and the queries of statistics on them or on the rows."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import peewee
from peewee import BigIntegerField, CompositeKey, IntegerField, TextField, fn

from services.monitor.models import Table, database
from services.monitor.models.runs import Run
from services.monitor.states import ALONE, LISTED
from shared.database.fields import UtcDateTime
from shared.database.model import Columns, with_columns

ONE = peewee.SQL("1")
COUNTED = (LISTED, ALONE)
"""The listings whose runs are counted."""


class RunHour(Table):
    """How many runs were created in an hour, by status, and the total duration of those that ended."""

    tenant_id = TextField()
    at = UtcDateTime()
    status = TextField()
    runs = BigIntegerField()
    timed = BigIntegerField()
    duration_ms = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "at", "status")


class RunDay(Table):
    """How many runs with a duration were created in a day, by status and bucket (durations.py), for percentiles."""

    tenant_id = TextField()
    at = UtcDateTime()
    status = TextField()
    bucket = IntegerField()
    runs = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("tenant_id", "at", "status", "bucket")


class Counter(NamedTuple):
    """A number of runs in a status; `timed` of them took `duration_ms` together."""

    status: str
    runs: int
    timed: int
    duration_ms: int


def move(before: Run | None, after: Run) -> None:
    """Remove a run's earlier state from the counters and add its new one."""
    if before is not None and _counted_as(before) == _counted_as(after):
        return
    _add(before, -1)
    _add(after, +1)


def _counted_as(run: Run) -> tuple[Any, ...]:
    return run.listing, run.tenant_id, run.created_at, run.status, run.duration_bucket, run.duration_ms


def _add(run: Run | None, by: int) -> None:
    if run is None or run.listing not in COUNTED:
        return
    hour = run.created_at.replace(minute=0, second=0, microsecond=0)
    key = {"tenant_id": run.tenant_id, "status": run.status}
    timed = 0 if run.duration_ms is None else by
    _raise(RunHour, {"at": hour, **key}, {"runs": by, "timed": timed, "duration_ms": by * (run.duration_ms or 0)})
    if run.duration_ms is not None:
        _raise(RunDay, {"at": hour.replace(hour=0), **key, "bucket": run.duration_bucket}, {"runs": by})


def _raise(counter: type[RunHour | RunDay], key: Columns, amounts: dict[str, int]) -> None:
    """Add amounts to a counter row. Inserts it when it is missing, and deletes it when it reaches 0."""
    fields = [getattr(counter, name) for name in key]
    raised = {getattr(counter, name): getattr(counter, name) + amount for name, amount in amounts.items()}
    counter.insert(**key, **amounts).on_conflict(conflict_target=fields, update=raised).execute()
    if amounts["runs"] < 0:
        mine = [field == value for field, value in zip(fields, key.values(), strict=True)]
        counter.delete_for(key["tenant_id"]).where(*mine, counter.runs == 0).execute()


def count_up_to(queries: Mapping[str, Sequence[Any]], most: int) -> dict[str, int]:
    """How many rows the queries of each name find together, counted up to `most`, in one database query."""
    names = [(name, query) for name, several in queries.items() for query in several]
    rows = [with_columns(query, ONE.alias("row")).limit(most) for _, query in names]
    columns = [peewee.Select([some], [fn.COUNT(ONE)]).alias(f"of_{place}") for place, some in enumerate(rows)]
    row = next(iter(peewee.Select(columns=columns).bind(database).tuples()))
    sums = dict.fromkeys(queries, 0)
    for (name, _), count in zip(names, row, strict=True):
        sums[name] = min(most, sums[name] + count)
    return sums


class Sample:
    """The newest rows of several queries, at most `most` + 1 of each to show whether there are more, and their
    statistics."""

    def __init__(self, queries: Sequence[Any], most: int) -> None:
        self.most = most
        newest = [
            with_columns(
                query, Run.status.alias("status"), Run.duration_ms.alias("duration_ms"), Run.kind.alias("kind")
            )
            .order_by(Run.created_at.desc())
            .limit(most + 1)
            for query in queries
        ]
        parts = [peewee.Select([part.alias(f"of_{place}")], [peewee.SQL("*")]) for place, part in enumerate(newest)]
        self._rows = functools.reduce(operator.add, parts).alias("sample")

    def counters(self) -> list[Counter]:
        """The counters of these rows, by status."""
        status, took = self._rows.c.status, self._rows.c.duration_ms
        sums = fn.COUNT(ONE), fn.COUNT(took), fn.COALESCE(fn.SUM(took), 0)
        return _counters(peewee.Select([self._rows], [status, *sums]).group_by(status).bind(database))

    def duration_at(self, statuses: Sequence[str], place: int) -> int | None:
        """The duration at this index among the rows in these statuses, sorted by duration."""
        took = self._rows.c.duration_ms
        ended = peewee.Select([self._rows], [took]).where(self._rows.c.status.in_(list(statuses)), took.is_null(False))
        durations = list(ended.order_by(took).limit(1).offset(place).bind(database).tuples())
        return durations[0][0] if durations else None

    def durations(self, statuses: Sequence[str]) -> list[tuple[str, int]]:
        """The kind and the duration of each of these rows in these statuses that has one, the shortest first."""
        took, kind = self._rows.c.duration_ms, self._rows.c.kind
        ended = peewee.Select([self._rows], [kind, took])
        timed = ended.where(self._rows.c.status.in_(list(statuses)), took.is_null(False)).order_by(took)
        return list(timed.bind(database).tuples())


def by_hours(tenant_id: str, since: datetime, until: datetime) -> list[Counter]:
    """The counters of all runs created in the whole hours from `since`."""
    sums = fn.SUM(RunHour.runs), fn.SUM(RunHour.timed), fn.SUM(RunHour.duration_ms)
    hours = RunHour.for_tenant(tenant_id, RunHour.status, *sums).where(*_between(RunHour, since, until))
    return _counters(hours.group_by(RunHour.status))


def buckets(tenant_id: str, since: datetime, until: datetime, statuses: Sequence[str]) -> dict[int, int]:
    """How many runs of these statuses, created in the whole days from `since`, fell into each bucket of durations."""
    mine = RunDay.status.in_(list(statuses)), *_between(RunDay, since, until)
    days: Any = RunDay.for_tenant(tenant_id, RunDay.bucket, fn.SUM(RunDay.runs)).where(*mine).group_by(RunDay.bucket)
    return {row[0]: int(row[1]) for row in days.tuples()}


def _between(counter: type[RunHour | RunDay], since: datetime, until: datetime) -> tuple[Any, Any]:
    return counter.at >= since, counter.at < until


def _counters(grouped: Any) -> list[Counter]:
    """The counters of a grouped query; PostgreSQL returns sums of big integers as decimals."""
    return [Counter(status, *(int(amount) for amount in amounts)) for status, *amounts in grouped.tuples()]
