"""Formats times, durations, amounts, counts and names for people (pure); dates and amounts as `shared.ground.wording`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.monitor.run_kinds import RUN_KINDS
from shared.ground.wording import day as day
from shared.ground.wording import money as money

#: The names that people use for the services.
PARTS = {"runs": "Runs and partnerships", "workflows": "Renewals and tasks", "executor": "AI tasks and mail"}


def words(name: str | None) -> str:
    """An identifier as words: `economic_buyer` and `economicBuyer` become `Economic buyer`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name or "")
    text = spaced.replace("_", " ").replace("-", " ").replace(".", ": ").strip()
    text = re.sub(r"\b(ai|csm|arr|crm)\b", lambda match: match[0].upper(), text)
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text as a sentence: with a capital in front and a full stop at the end."""
    plain = text.strip()
    return plain and f"{plain[:1].upper()}{plain[1:]}" + ("" if plain[-1] in ".!?" else ".")


def kind(name: str) -> str:
    """The name of a kind of run."""
    return next((kind.label for kind in RUN_KINDS if kind.key == name), words(name))


def part(service: str) -> str:
    """The name that people use for a service; a plural."""
    return PARTS.get(service, words(service))


def lag(late: Sequence[str], ages: Mapping[str, timedelta | None]) -> str:
    """How far the page is behind, as short as possible: one age if all services are late, else one for each that is."""
    if not late:
        return ""
    if len(late) == len(ages):
        measured = [age for age in ages.values() if age is not None]
        return _behind(max(measured) if len(measured) == len(ages) else None)
    return ", ".join(f"{part(source)} {_behind(ages[source])}" for source in late)


def _behind(age: timedelta | None) -> str:
    return "not read yet" if age is None else f"{lasting(int(age.total_seconds()) * 1000)} behind"


def seen(ages: Mapping[str, timedelta | None]) -> str:
    """When each service was last read to its end."""
    last = {
        source: "never" if age is None else f"{lasting(int(age.total_seconds()) * 1000)} ago"
        for source, age in ages.items()
    }
    return ". ".join(f"{part(source)}: read {words}" for source, words in last.items())


def moment(value: str | datetime | None) -> datetime | None:
    """An RFC 3339 text, or a datetime, as an aware datetime; None for nothing."""
    if not value:
        return None
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def rfc3339(value: str | datetime) -> str:
    """A time as RFC 3339."""
    return value if isinstance(value, str) else value.isoformat().replace("+00:00", "Z")


def ago(value: str | datetime, now: datetime) -> str:
    """A time relative to now; after a month, the date. app.js updates it with the same words."""
    then = moment(value)
    if then is None:
        return "never"
    seconds = round((now - then).total_seconds())
    size = abs(seconds)
    if size < 5:
        return "just now"
    for limit, unit_seconds, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h")):
        if size < limit:
            return _aside(size // unit_seconds, unit, seconds)
    days = size // 86400
    return _aside(days, "day" if days == 1 else "days", seconds) if days < 30 else day(then.date())


def _aside(amount: int, unit: str, seconds: int) -> str:
    return f"{amount} {unit} ago" if seconds >= 0 else f"in {amount} {unit}"


def exact(value: str | datetime | None, zone: str) -> str:
    """A time to the second, in the tenant's time zone."""
    then = moment(value)
    return then.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y, %H:%M:%S %Z") if then else ""


def clock(value: str | datetime | None, zone: str) -> str:
    """A time to the second for narrow places; `exact` says its zone too."""
    then = moment(value)
    return then.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y, %H:%M:%S") if then else ""


def appointment(value: str | datetime | None, zone: str) -> str:
    """A time as people put it into a calendar: `Mon 23 Nov, 09:00`."""
    then = moment(value)
    return then.astimezone(ZoneInfo(zone)).strftime("%a %-d %b, %H:%M") if then else ""


def local_day(value: str | datetime | None, zone: str) -> str:
    """The date of a moment in a time zone, as `10 Nov 2026`."""
    then = moment(value)
    return day(then.astimezone(ZoneInfo(zone)).date()) if then else ""


def lasting(milliseconds: float | None) -> str:
    """A duration as people say it: `340 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`, `4 days`."""
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{round(milliseconds)} ms"
    seconds = milliseconds / 1000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return _two(int(seconds // 60), "min", int(seconds % 60), "s")
    if seconds < 86400:
        return _two(int(seconds // 3600), "h", int(seconds % 3600 // 60), "min")
    days = int(seconds // 86400)
    return f"{days} day" if days == 1 else f"{days} days"


def _two(large: int, unit: str, small: int, smaller_unit: str) -> str:
    return f"{large} {unit} {small} {smaller_unit}" if small else f"{large} {unit}"


def percent(value: Any, digits: int = 1) -> str:
    """A fraction as a percentage: 0.068 is `6.8 %`."""
    if value is None:
        return ""
    return (
        f"{float(value) * 100:.{digits}f}".rstrip("0").rstrip(".") + " %" if digits else f"{float(value) * 100:.0f} %"
    )


def days_left(days: int | None) -> str:
    """Days to renewal as words."""
    if days is None:
        return "no date"
    if days == 0:
        return "today"
    plural = "day" if abs(days) == 1 else "days"
    return f"{days} {plural}" if days > 0 else f"{-days} {plural} overdue"


def many(number: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 task`, `3 tasks`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def unbroken(text: str | None) -> str:
    """A text in which no line breaks between a number and its percent sign."""
    return (text or "").replace(" %", "\u00a0%")


def short(identity: str | None) -> str:
    """The end of an id, because ids of one moment have the same beginning."""
    return (identity or "")[-8:]
