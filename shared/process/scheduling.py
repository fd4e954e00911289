"""Fires rows that come due, and jobs by cron expression in a tenant's time zone. Each due time is fired once, by any
worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import peewee

from shared.database import statements
from shared.database.connection import session
from shared.database.fields import UtcDateTime
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.ground import backoff
from shared.ground.local_days import next_due

log = logging.getLogger(__name__)

DUE_AT_ONCE = 100

RowT = TypeVar("RowT", bound=Any)

Handler = Callable[[str, datetime, datetime], None]
"""`handler(tenant_id, due, now)`, called inside the transaction that fires the schedule."""


def fire_each(
    read_due: Callable[[], Sequence[RowT]],
    fire: Callable[[RowT], bool],
    pause: Callable[[RowT, int, datetime], object],
    *,
    now: datetime,
) -> int:
    """Call `fire` with each row that `read_due` finds, until it finds none that was not tried. Returns how many it fired.

    `fire` works in a transaction of its own, and returns False when another worker was first. A row whose firing fails
    is logged, and `pause(row, failures, next try)` is called; the others go on.
    """
    fired, tried = 0, set[str]()
    while due := [row for row in read_due() if row.get_id() not in tried]:
        tried |= {row.get_id() for row in due}
        fired += sum(_fired(row, fire, pause, now) for row in due)
    return fired


def _fired(
    row: RowT, fire: Callable[[RowT], bool], pause: Callable[[RowT, int, datetime], object], now: datetime
) -> bool:
    try:
        return fire(row)
    except Exception:
        name = row._meta.table_name
        log.exception("a %s could not be fired", name, extra={name: row.get_id(), "tenant": row.tenant_id})
        failures = row.failures + 1
        pause(row, failures, backoff.next_try(failures, now))
        return False


class DueRows:
    """The rows of a table that come due, by its columns `next_due_at`, `failures` and `not_before`. Any number of workers
    may fire them. `only` restricts it to some rows."""

    def __init__(self, table: Any, feed: Feed, *, only: peewee.ColumnBase | None = None) -> None:
        self._table, self._feed, self._only = table, feed, only

    def fire(self, now: datetime, fire: Callable[[Any], bool], *, only: peewee.ColumnBase | None = None) -> int:
        """Call `fire` with each row that is due, the longest overdue first. Returns how many it fired.

        `fire` takes the due time in a transaction of its own, and returns False when another worker was first. A row
        whose firing fails stays due, pauses, and is logged; the others go on.
        """
        return fire_each(lambda: self._due(now, only), fire, self._pause, now=now)

    def take(self, row: Any, following: datetime, **columns: Any) -> bool:
        """Take the row's due time and set the next, and these columns. Returns False when another worker was first.
        Call it inside a transaction."""
        values = {"next_due_at": following, "failures": 0, "not_before": None, **columns}
        return bool(self._table.update_for(row.tenant_id, **values).where(self._same(row)).execute())

    def _due(self, now: datetime, only: peewee.ColumnBase | None) -> list[Any]:
        """The next rows that are due and not paused after a failure."""
        table, key = self._table, self._table._meta.primary_key
        ready = table.not_before.is_null() | (table.not_before <= now)
        # A worker fires the rows of every tenant.
        query = table.of_all_tenants().where((table.next_due_at <= now) & ready)
        for condition in (self._only, only):
            query = query if condition is None else query.where(condition)
        with session(self._feed.database):
            return list(query.order_by(table.next_due_at, key).limit(DUE_AT_ONCE))

    def _pause(self, row: Any, failures: int, next_try: datetime) -> None:
        pause = self._table.update_for(row.tenant_id, failures=failures, not_before=next_try)
        with self._feed.transaction():
            pause.where(self._same(row)).execute()

    def _same(self, row: Any) -> Any:
        """The condition that the row still has the due time that was read."""
        same = (self._table._meta.primary_key == row.get_id()) & (self._table.next_due_at == row.next_due_at)
        return same if self._only is None else same & self._only


class Schedules:
    """The schedule table of one context. Any number of workers may fire it: only one of them takes a due time."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class Schedule(Row):
            name = peewee.TextField(primary_key=True)
            job = peewee.TextField()
            tenant_id = peewee.TextField()
            cron = peewee.TextField()
            time_zone = peewee.TextField()
            next_due_at = UtcDateTime(index=True)
            failures = peewee.IntegerField(default=0)
            not_before = UtcDateTime(null=True)

            class Meta:
                database = db
                table_name = "schedule"

        self.table, self.feed = Schedule, feed
        self._due_rows = DueRows(Schedule, feed)

    def plan(self, job: str, cron: str, time_zone: str, tenant_id: str, *, now: datetime) -> None:
        """Schedule `job` for the tenant by `cron`. If cron and zone are the same as before, the next due time stays;
        otherwise it is computed again."""
        name, table = f"{job}:{tenant_id}", self.table
        with self.feed.transaction():
            planned = table.for_tenant(tenant_id).where(table.name == name).first()
            if planned and (planned.cron, planned.time_zone) == (cron, time_zone):
                return
            due = next_due(cron, time_zone, now)
            schedule = {"name": name, "job": job, "tenant_id": tenant_id, "cron": cron, "time_zone": time_zone}
            statements.upsert(table, "name", schedule | {"next_due_at": due, "failures": 0, "not_before": None})

    def fire_due(self, now: datetime, handlers: Mapping[str, Handler]) -> int:
        """Fire everything due, each in one transaction with what its handler writes. Returns how many were fired.

        Missed due times fire once, late: the next one is computed from now.
        """
        return self._due_rows.fire(
            now,
            lambda schedule: self._fire(schedule, now, handlers[schedule.job]),
            only=self.table.job.in_(list(handlers)),
        )

    def _fire(self, schedule: Any, now: datetime, handler: Handler) -> bool:
        with self.feed.transaction():
            if not self._due_rows.take(schedule, next_due(schedule.cron, schedule.time_zone, now)):
                return False
            handler(schedule.tenant_id, schedule.next_due_at, now)
        extra = {"job": schedule.job, "tenant": schedule.tenant_id, "due": schedule.next_due_at.isoformat()}
        log.info("schedule fired", extra=extra)
        return True
