"""How the console says things: statuses, times, durations, money and sizes, as plain functions of their arguments."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class Look(NamedTuple):
    """How a status is shown: one of the six colours, an icon, and its word."""

    colour: str
    icon: str
    word: str


#: Every status of every context that reaches a page. A status that is not here shows in grey under its own name.
LOOKS = {
    "queued": Look("queued", "queued", "Queued"),
    "pending": Look("queued", "pending", "Pending"),
    "open": Look("queued", "pending", "Open"),
    "snoozed": Look("queued", "snoozed", "Snoozed"),
    "proposed": Look("queued", "pending", "Proposed"),
    "scheduled": Look("queued", "calendar", "Scheduled"),
    "running": Look("running", "running", "Running"),
    "generating": Look("running", "running", "Generating"),
    "waiting": Look("waiting", "waiting", "Waiting"),
    "in_progress": Look("waiting", "waiting", "In progress"),
    "paused": Look("waiting", "waiting", "Paused"),
    "draft": Look("waiting", "edit", "Draft"),
    "due": Look("waiting", "calendar", "Due"),
    "intended": Look("waiting", "queued", "Begun"),
    "unknown": Look("waiting", "warning", "Outcome unknown"),
    "completed": Look("completed", "completed", "Completed"),
    "success": Look("completed", "completed", "Success"),
    "done": Look("completed", "completed", "Done"),
    "approved": Look("completed", "completed", "Approved"),
    "finalized": Look("completed", "completed", "Finalized"),
    "sent": Look("completed", "completed", "Sent"),
    "fired": Look("completed", "completed", "Started"),
    "active": Look("completed", "completed", "Active"),
    "failed": Look("failed", "failed", "Failed"),
    "lost": Look("failed", "failed", "Lost"),
    "critical": Look("failed", "warning", "Critical"),
    "concern": Look("waiting", "warning", "Concern"),
    "strength": Look("completed", "completed", "Strength"),
    "cancelled": Look("cancelled", "cancelled", "Cancelled"),
    "skipped": Look("cancelled", "skipped", "Skipped"),
    "rejected": Look("cancelled", "cancelled", "Rejected"),
    "not_done": Look("cancelled", "cancelled", "Did not happen"),
    "inactive": Look("cancelled", "cancelled", "Inactive"),
}

KINDS = {
    "workflow_execution": "Renewal workflow",
    "ai_task": "AI task",
    "guided_run": "Guided run",
    "pipeline": "Pipeline",
}
#: The symbol goes before the amount; every other currency is written as its code.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def look(status: str | None) -> Look:
    """The look of a status."""
    return LOOKS.get(status or "", Look("queued", "info", words(status or "unknown")))


def words(name: str | None) -> str:
    """A name from the machine as words: `economic_buyer` and `economicBuyer` are both `Economic buyer`."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name or "")
    text = spaced.replace("_", " ").replace("-", " ").replace(".", ": ").strip()
    text = re.sub(r"\b(ai|csm|arr|crm)\b", lambda found: found[0].upper(), text)
    return text[:1].upper() + text[1:]


def kind(name: str) -> str:
    """What sort of run it is, as a person would say."""
    return KINDS.get(name, words(name))


def moment(value: str | datetime | None) -> datetime | None:
    """An RFC 3339 text, or a datetime, as an aware datetime; None for nothing."""
    if not value:
        return None
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def rfc3339(value: str | datetime) -> str:
    """A time as machines read it."""
    return value if isinstance(value, str) else value.isoformat().replace("+00:00", "Z")


def ago(value: str | datetime, now: datetime) -> str:
    """A time as a distance from now; after a month, the date. app.js says the same later on."""
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


def day(value: str | date | None) -> str:
    """A date as `10 Nov 2026`."""
    if not value:
        return ""
    as_date = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return as_date.strftime("%-d %b %Y")


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


def money(amount: Any, currency: str | None) -> str:
    """An amount with its currency, without cents where there are none: `$248,127`, `NZD 12,000.50`."""
    if amount is None or amount == "":
        return ""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return f"{amount} {currency or ''}".strip()
    figures = f"{abs(number):,.0f}" if number == number.to_integral_value() else f"{abs(number):,.2f}"
    sign = "−" if number < 0 else ""
    symbol = SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    return f"{sign}{symbol}{figures}"


def percent(value: Any, digits: int = 1) -> str:
    """A share of one as a percentage: 0.068 is `6.8 %`."""
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


def many(number: int, one: str, more: str | None = None) -> str:
    """A count with its noun: `1 task`, `3 tasks`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def unbroken(text: str | None) -> str:
    """A text whose figures keep their percent sign on their line."""
    return (text or "").replace(" %", "\u00a0%")


def short(identity: str | None) -> str:
    """The end of an id, enough to tell neighbours apart: ids of one moment share their beginning."""
    return (identity or "")[-8:]
