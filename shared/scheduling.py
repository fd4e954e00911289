"""What is due by the clock: cron expressions in a tenant's time zone, each due time fired once, by whichever worker is first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import peewee
from cronsim import CronSim

from shared.columns import UtcDateTime
from shared.database import OperationalError, session
from shared.feed import Feed

log = logging.getLogger(__name__)

Handler = Callable[[str, datetime, datetime], None]
"""`handler(tenant_id, due, now)`, called inside the transaction that fires it."""


def next_due(cron: str, time_zone: str, after: datetime) -> datetime:
    """The first moment after `after` that `cron` names in `time_zone`, in UTC; right on both days on which clocks change."""
    return next(CronSim(cron, after.astimezone(ZoneInfo(time_zone)))).astimezone(UTC)


class Schedules:
    """The schedule table of one context. Any number of workers may fire it: `(name, due time)` is unique."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class Schedule(peewee.Model):
            name = peewee.TextField(primary_key=True)
            job = peewee.TextField()
            tenant_id = peewee.TextField()
            cron = peewee.TextField()
            time_zone = peewee.TextField()
            next_due_at = UtcDateTime(index=True)

            class Meta:
                database = db
                table_name = "schedule"

        class ScheduleFire(peewee.Model):
            name = peewee.TextField()
            due_at = UtcDateTime()
            fired_at = UtcDateTime()

            class Meta:
                database = db
                table_name = "schedule_fire"
                primary_key = peewee.CompositeKey("name", "due_at")

        self.table, self.fires, self.feed = Schedule, ScheduleFire, feed

    def plan(self, job: str, cron: str, time_zone: str, tenant_id: str, *, now: datetime) -> None:
        """Run `job` for the tenant by `cron`; planning the same again keeps its next due time, another cron or zone sets a new one."""
        name, table = f"{job}:{tenant_id}", self.table
        with self.feed.transaction():
            known = table.get_or_none(table.name == name)
            if known and (known.cron, known.time_zone) == (cron, time_zone):
                return
            due = next_due(cron, time_zone, now)
            table.insert(
                name=name, job=job, tenant_id=tenant_id, cron=cron, time_zone=time_zone, next_due_at=due
            ).on_conflict(
                conflict_target=[table.name],
                update={table.cron: cron, table.time_zone: time_zone, table.next_due_at: due},
            ).execute()

    def fire_due(self, now: datetime, handlers: Mapping[str, Handler]) -> int:
        """Fire what is due, each in one transaction with what follows from it; how many were fired.

        What was missed while nothing ran fires once, late: the next due time is counted from now, not from the one missed.
        """
        table = self.table
        with session(self.feed.database):
            due = list(
                table.select()
                .where((table.next_due_at <= now) & table.job.in_(list(handlers)))
                .order_by(table.next_due_at)
                .limit(100)
            )
        return sum(self._fired(one, now, handlers[one.job]) for one in due)

    def _fired(self, one: Any, now: datetime, handler: Handler) -> bool:
        """Fire one; what its handler cannot do stays due and is told, and holds up no other tenant's."""
        try:
            return self._fire(one, now, handler)
        except OperationalError:
            raise
        except Exception:
            log.exception("a schedule could not be fired", extra={"schedule": one.name})
            return False

    def _fire(self, one: Any, now: datetime, handler: Handler) -> bool:
        table = self.table
        with self.feed.transaction():
            following = next_due(one.cron, one.time_zone, now)
            moved = (
                table.update(next_due_at=following)
                .where((table.name == one.name) & (table.next_due_at == one.next_due_at))
                .execute()
            )
            if not moved:
                return False
            self.fires.insert(name=one.name, due_at=one.next_due_at, fired_at=now).on_conflict_ignore().execute()
            handler(one.tenant_id, one.next_due_at, now)
        log.info("schedule fired", extra={"job": one.job, "tenant": one.tenant_id, "due": one.next_due_at.isoformat()})
        return True
