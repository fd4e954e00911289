"""Days as a tenant counts them: whole dates of its time zone, over the changes of the clocks too (pure)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(now: datetime, time_zone: str) -> date:
    """The date that it is in a time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def days_since(then: datetime, now: datetime, time_zone: str) -> int:
    """How many dates lie between two moments in a time zone: late yesterday is 1, however few hours ago."""
    return (local_date(now, time_zone) - local_date(then, time_zone)).days


def silent_before(days: int, now: datetime, time_zone: str) -> datetime:
    """The moment before which something lies that is at least so many days old."""
    return start_of(local_date(now, time_zone) - timedelta(days=days - 1), time_zone)


def start_of(day: date, time_zone: str) -> datetime:
    """The moment at which a date begins in a time zone."""
    return datetime.combine(day, time(), ZoneInfo(time_zone))


def midday_of(day: date, time_zone: str, *, not_after: datetime) -> datetime:
    """Noon of a date in a time zone, for what is known by its date alone; not later than `not_after`."""
    return min(datetime.combine(day, time(12), ZoneInfo(time_zone)), not_after)
