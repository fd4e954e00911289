"""Counts dates in a tenant's time zone, also over changes of its clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.runs.models import replicas
from shared.ground.local_days import days_between, local_date, start_of


@dataclass(frozen=True)
class Today:
    """The present moment, and the time zone in which days are counted."""

    now: datetime
    time_zone: str

    @property
    def day(self) -> date:
        """The present date."""
        return local_date(self.now, self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The date of a moment."""
        return local_date(moment, self.time_zone)

    def days_since(self, moment: datetime) -> int:
        """How many dates have passed since a moment."""
        return days_between(moment, self.now, self.time_zone)

    def said(self, day: date) -> str:
        """A date as people write it: "4 November", with the year if it is another one."""
        return f"{day.day} {day:%B}" + ("" if day.year == self.day.year else f" {day.year}")

    def time_said(self, moment: datetime) -> str:
        """A moment in this time zone: "Mon 23 Nov, 09:00"."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        return f"{local:%a} {local.day} {local:%b, %H:%M}"


def today_of(tenant_id: str, now: datetime) -> Today:
    """Now, in the tenant's time zone."""
    return Today(now, replicas.tenants.region(tenant_id).time_zone)


def silent_before(days: int, now: datetime, time_zone: str) -> datetime:
    """The moment before which everything is at least this many days ago, in whole days of the time zone."""
    return start_of(local_date(now, time_zone) - timedelta(days=days - 1), time_zone)
