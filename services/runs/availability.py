"""Finds free slots for a call, in the working hours and time zones of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.ground import business_days

GRID = timedelta(minutes=30)
DAYS_AHEAD = 14
MOST = 6
MOST_A_DAY = 2
NOTICE = timedelta(hours=2)
"""The first slot is offered at least so far ahead of now."""


@dataclass(frozen=True)
class Side:
    """The time zone and working hours of one side (`{"from": "09:00", "to": "17:00"}`), and the country whose holidays
    it keeps."""

    time_zone: str
    hours: Mapping[str, str]
    country: str = ""

    def include(self, begins: datetime, ends: datetime) -> bool:
        """Whether the interval lies in the hours of one working day."""
        zone = self.zone()
        first, last = begins.astimezone(zone), ends.astimezone(zone)
        if first.date() != last.date() or not business_days.is_business_day(first.date(), self.country):
            return False
        return self._time("from") <= first.time() and last.time() <= self._time("to")

    def zone(self) -> ZoneInfo:
        """The time zone; UTC if its name is unknown."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def starts(self, day: date) -> Iterator[datetime]:
        """The half hours of its working hours on a day, without those that a change of the clocks leaves out."""
        moment = self._moment(day, self._time("from"))
        end = self._moment(day, self._time("to"))
        while moment < end:
            yield moment
            moment += GRID

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone()).astimezone(UTC)

    def _time(self, name: str) -> time:
        return time.fromisoformat(self.hours[name])


@dataclass(frozen=True)
class Slot:
    """A free time, and the clocks of both sides at that time."""

    starts_at: datetime
    ends_at: datetime
    yours: str
    theirs: str


def free(
    ours: Side,
    theirs: Side,
    busy: Iterable[tuple[datetime, datetime]],
    *,
    minutes: int,
    now: datetime,
    most: int = MOST,
    most_a_day: int = MOST_A_DAY,
) -> list[Slot]:
    """The first free slots of the next two weeks, a few a day; empty if the two working days never overlap."""
    taken = sorted(busy)
    slots: list[Slot] = []
    today = now.astimezone(ours.zone()).date()
    for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD)):
        slots += list(_of_day(ours, theirs, day, taken, minutes, now, min(most_a_day, most - len(slots))))
        if len(slots) >= most:
            break
    return slots


def _of_day(
    ours: Side, theirs: Side, day: date, taken: list[tuple[datetime, datetime]], minutes: int, now: datetime, most: int
) -> Iterator[Slot]:
    length, free_from = timedelta(minutes=minutes), now + NOTICE
    for begins in ours.starts(day):
        if most <= 0:
            return
        ends = begins + length
        if begins < free_from or not (ours.include(begins, ends) and theirs.include(begins, ends)):
            continue
        if any(begins < end and start < ends for start, end in taken):
            continue
        yield Slot(begins, ends, *said(begins, ours, theirs))
        free_from, most = ends + length, most - 1


def said(moment: datetime, ours: Side, theirs: Side) -> tuple[str, str]:
    """("Tue 24 Nov 10:00", "16:00"): our time with its day; theirs with a day only if it is another one."""
    here, there = moment.astimezone(ours.zone()), moment.astimezone(theirs.zone())
    same = here.date() == there.date()
    return f"{here:%a} {here.day} {here:%b %H:%M}", f"{there:%H:%M}" if same else f"{there:%a} {there:%H:%M}"
