"""The timing of a recurrence: as it was given, as a cron expression, in words, and as its next dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from services.runs.models import Recurrence, replicas
from shared.contracts.recurrences import TIMING, WEEKDAYS
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

LAST = "last"
TIMED = ("every", "weekday", "day", "at", "cron")
MOST_OFTEN_HOURS = 1
SHOWN_DATES = 3
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def cron_of(timing: JsonObject) -> str:
    """The cron expression of a timing. Invalid, naming the field, for one that is no schedule or starts more often than
    once an hour."""
    if timing["every"] == "cron":
        return _checked_cron(timing.get("cron") or "")
    hour, minute = _clock(timing.get("at") or "09:00")
    if timing["every"] == "week":
        return f"{minute} {hour} * * {(WEEKDAYS.index(timing.get('weekday') or 'monday') + 1) % 7}"
    day = timing.get("day") or 1
    return f"{minute} {hour} {'L' if day == LAST else day} * *"


def timing_of(row: Recurrence) -> JsonObject:
    """The timing `{every, weekday, day, at, cron}` of a recurrence, as it was given."""
    minute, hour, day, _, weekday = row.cron.split()
    timing: JsonObject = {"every": row.every, "weekday": None, "day": None, "at": None, "cron": row.cron}
    if row.every == "cron":
        return timing
    timing["at"] = f"{int(hour):02}:{int(minute):02}"
    if row.every == "week":
        return timing | {"weekday": WEEKDAYS[(int(weekday) - 1) % 7]}
    return timing | {"day": LAST if day == "L" else int(day)}


def in_words(row: Recurrence) -> str:
    """The timing as words: "every Monday at 09:00"."""
    timing = timing_of(row)
    if row.every == "week":
        return f"every {timing['weekday'].capitalize()} at {timing['at']}"
    if row.every == "month":
        day = "last day" if timing["day"] == LAST else _ordinal(timing["day"])
        return f"on the {day} of every month at {timing['at']}"
    spoken = re.sub(r"\b(\d+)th\b", lambda day: _ordinal(int(day[1])), CronSim(row.cron, SOME_DAY).explain())
    return spoken[:1].lower() + spoken[1:]


def next_dates(row: Recurrence, now: datetime) -> list[datetime]:
    """The next times at which it starts a run, the earliest first; empty when it is not active."""
    if not row.active:
        return []
    after = max(row.next_due_at, now).astimezone(ZoneInfo(zone_of(row.tenant_id)))
    return [row.next_due_at, *islice(CronSim(row.cron, after), SHOWN_DATES - 1)]


def zone_of(tenant_id: str) -> str:
    """The time zone in which a tenant's schedules are read."""
    return replicas.tenants.region(tenant_id).time_zone


def retimed(row: Recurrence, timing: JsonObject) -> dict[str, str]:
    """The columns of a changed timing; parts that are not given stay, unless `every` changes. Invalid as `cron_of`, and
    for a part that this `every` does not have."""
    every = timing.get("every", row.every)
    errors = {name: [f"Every {every} has none."] for name in timing if name not in ("every", *TIMING[every])}
    if errors:
        raise Invalid("The timing does not fit together.", errors=errors)
    whole: JsonObject = timing if every != row.every else {**timing_of(row), **timing}
    return {"every": every, "cron": cron_of(whole)}


def _checked_cron(cron: str) -> str:
    fields = cron.split()
    if len(fields) != 5 or not _is_cron([*fields[:3], "*", fields[4]]) or not _is_cron([*fields[:2], "*", *fields[3:]]):
        raise Invalid("This is no schedule.", errors={"cron": ["Not a cron expression of five fields."]})
    first = list(islice(CronSim(" ".join(fields), SOME_DAY), 50)) if _is_cron(fields) else []
    if not first:
        raise Invalid("This is no schedule.", errors={"cron": ["It never comes."]})
    if any(
        (later - earlier).total_seconds() < MOST_OFTEN_HOURS * 3600
        for earlier, later in zip(first, first[1:], strict=False)
    ):
        raise Invalid("This is too often.", errors={"cron": ["At most once an hour."]})
    return " ".join(fields)


def _is_cron(fields: list[str]) -> bool:
    """Whether CronSim can read each of these fields. A readable day and month together may still never occur."""
    try:
        CronSim(" ".join(fields), SOME_DAY)
    except CronSimError:
        return False
    return True


def _clock(text: str) -> tuple[int, int]:
    hour, minute = text.split(":")
    return int(hour), int(minute)


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
