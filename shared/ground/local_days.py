"""Computes days and mornings in a tenant's time zone, also on days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, such as Europe/Berlin."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def local_date(moment: datetime, time_zone: str) -> date:
    """The date of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def days_between(then: datetime, now: datetime, time_zone: str) -> int:
    """How many dates lie between two moments in a time zone: 1 for late yesterday, however few hours ago."""
    return (local_date(now, time_zone) - local_date(then, time_zone)).days


def start_of(day: date, time_zone: str) -> datetime:
    """The moment at which a date begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(time_zone))


def midday_of(day: date, time_zone: str, *, not_after: datetime) -> datetime:
    """Noon of a date in a time zone, for events of which only the date is known; not later than `not_after`."""
    return min(datetime.combine(day, time(12), ZoneInfo(time_zone)), not_after)


def next_due(cron: str, time_zone: str, after: datetime) -> datetime:
    """The first time after `after` that `cron` names in `time_zone`, in UTC."""
    return next(CronSim(cron, after.astimezone(ZoneInfo(time_zone)))).astimezone(UTC)


def morning_of(day: date, cron: str, time_zone: str) -> datetime:
    """When a tenant's day begins, in UTC: the first time of the day that `cron` names, or the next one after it."""
    return next_due(cron, time_zone, start_of(day, time_zone) - timedelta(microseconds=1))
