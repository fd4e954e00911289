"""Recurrences: a template that starts a run on a schedule, once a due time, whoever is first and however late."""

from __future__ import annotations

import calendar
import logging
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from services.runs import lifecycle, models, templates
from services.runs.models import Recurrence, acts, copies, feed
from shared import clock, ids
from shared.acts import By
from shared.database import OperationalError, session
from shared.errors import Invalid
from shared.scheduling import next_due

log = logging.getLogger(__name__)

WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
LAST = "last"
TIMING = {"week": ("weekday", "at"), "month": ("day", "at"), "cron": ("cron",)}
"""What says when, by what it is every."""

TIMED = ("every", "weekday", "day", "at", "cron")
MOST_OFTEN_HOURS = 1
SHOWN_DATES = 3
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def create(by: By, told: dict[str, Any], *, recurrence_id: str, now: datetime) -> Recurrence:
    """Put a template on a schedule: `told` is {template_id, name?, every, weekday?, day?, at?, cron?, owner?,
    linked_partnership_ids?, active?}. NotFound for an unknown template; Invalid for what is no schedule."""
    with feed.transaction():
        template = templates.version_of(by.tenant_id, told["template_id"])
        cron = cron_of(told)
        row = models.recurrences.add(
            id=recurrence_id, tenant_id=by.tenant_id, template_id=template.id, name=told.get("name"),
            owner=told.get("owner") or (by.id if by.kind == "person" else None), every=told["every"], cron=cron,
            linked_partnership_ids=told.get("linked_partnership_ids") or [], active=told.get("active", True),
            next_due_at=next_due(cron, zone_of(by.tenant_id), now), by=by.as_json(), created_at=now,
        )  # fmt: skip
        details = {"template": template.name, "cron": cron}
        acts.record(by, "added recurrence", "recurrence", row.id, now=now, details=details)
        return row


def change(
    by: By, recurrence_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None
) -> Recurrence:
    """Change these columns; a schedule that is changed, or turned on again, counts from now. NotFound, Stale, Invalid."""
    with feed.transaction():
        row = models.recurrences.find(by.tenant_id, recurrence_id)
        row.expect(expected)
        timing = {name: value for name, value in told.items() if name in TIMED}
        columns = {name: value for name, value in told.items() if name not in TIMED}
        if "template_id" in columns:
            templates.version_of(by.tenant_id, columns["template_id"])
        if timing:
            columns |= _retimed(row, timing)
        if timing or (columns.get("active") and not row.active):
            columns["next_due_at"] = next_due(columns.get("cron", row.cron), zone_of(row.tenant_id), now)
        row.write(**columns)
        acts.record(by, "changed recurrence", "recurrence", row.id, now=now, details={"fields": sorted(told)})
        return row


def remove(by: By, recurrence_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a recurrence; the runs that it started stay. NotFound, Stale."""
    with feed.transaction():
        row = models.recurrences.find(by.tenant_id, recurrence_id)
        row.expect(expected)
        models.recurrences.remove(row)
        acts.record(by, "removed recurrence", "recurrence", row.id, now=now, details={"templateId": row.template_id})


def start_due(now: datetime) -> int:
    """Start a run for each recurrence whose time has come; how many were started.

    What was missed while nothing ran is started once. One that cannot be started stays due, is told, and holds up no other.
    """
    with session(models.db):
        due = models.recurrences.due(now)
    return sum(_started(row, now) for row in due)


def keep_zone(tenant_id: str, now: datetime) -> None:
    """The tenant may live elsewhere by now: count the next due times anew, but for those whose time has come. In a transaction."""
    zone = zone_of(tenant_id)
    for row in models.recurrences.waiting(tenant_id, now):
        due = next_due(row.cron, zone, now)
        if due != row.next_due_at:
            row.write(next_due_at=due)


def cron_of(told: dict[str, Any]) -> str:
    """The cron expression of a timing. Invalid, naming the field, for what is none, and for more than once in an hour."""
    if told["every"] == "cron":
        return _checked_cron(told.get("cron") or "")
    hour, minute = _clock(told.get("at") or "09:00")
    if told["every"] == "week":
        return f"{minute} {hour} * * {(WEEKDAYS.index(told.get('weekday') or 'monday') + 1) % 7}"
    day = told.get("day") or 1
    return f"{minute} {hour} {'L' if day == LAST else day} * *"


def timing_of(row: Recurrence) -> dict[str, Any]:
    """`{every, weekday, day, at, cron}` of a recurrence, as it was given."""
    minute, hour, day, _, weekday = row.cron.split()
    told: dict[str, Any] = {"every": row.every, "weekday": None, "day": None, "at": None, "cron": row.cron}
    if row.every == "cron":
        return told
    told["at"] = f"{int(hour):02}:{int(minute):02}"
    if row.every == "week":
        return told | {"weekday": WEEKDAYS[(int(weekday) - 1) % 7]}
    return told | {"day": LAST if day == "L" else int(day)}


def in_words(row: Recurrence) -> str:
    """When it starts, as a sentence says it: "every Monday at 09:00"."""
    told = timing_of(row)
    if row.every == "week":
        return f"every {told['weekday'].capitalize()} at {told['at']}"
    if row.every == "month":
        day = "last day" if told["day"] == LAST else _ordinal(told["day"])
        return f"on the {day} of every month at {told['at']}"
    spoken = CronSim(row.cron, SOME_DAY).explain()
    return spoken[:1].lower() + spoken[1:]


def next_dates(row: Recurrence, now: datetime) -> list[datetime]:
    """The next moments at which it starts a run, the one that is due first; none when it is not active."""
    if not row.active:
        return []
    after = max(row.next_due_at, now).astimezone(ZoneInfo(zone_of(row.tenant_id)))
    return [row.next_due_at, *islice(CronSim(row.cron, after), SHOWN_DATES - 1)]


def zone_of(tenant_id: str) -> str:
    """The time zone in which a tenant's schedules are read."""
    return copies.tenants.home(tenant_id).time_zone


def _retimed(row: Recurrence, timing: dict[str, Any]) -> dict[str, str]:
    """The columns of a changed timing; what stays as it is need not be said again, unless `every` changes."""
    every = timing.get("every", row.every)
    errors = {name: [f"Every {every} has none."] for name in timing if name not in ("every", *TIMING[every])}
    if errors:
        raise Invalid("The timing does not fit together.", errors=errors)
    whole: dict[str, Any] = timing if every != row.every else {**timing_of(row), **timing}
    return {"every": every, "cron": cron_of(whole)}


def _started(row: Recurrence, now: datetime) -> bool:
    try:
        return _start(row, now)
    except OperationalError:
        raise
    except Exception:
        log.exception("a recurrence could not start its run", extra={"recurrence": row.id, "tenant": row.tenant_id})
        return False


def _start(row: Recurrence, now: datetime) -> bool:
    by = By("schedule", row.id, row.name or in_words(row), row.tenant_id)
    run_id = ids.named("recurrence", row.id, clock.rfc3339(row.next_due_at) or "")
    with feed.transaction():
        if not models.recurrences.take(row, next_due(row.cron, zone_of(row.tenant_id), now), run_id):
            return False
        owner = copies.people.known(row.tenant_id, row.owner) if row.owner else None
        told = {
            "template_id": row.template_id,
            "name": row.name,
            "description": None,
            "steps": [],
            "from_templates": [],
            "linked_partnership_ids": list(models.partnerships.many(row.tenant_id, row.linked_partnership_ids)),
            "owner": row.owner if owner is not None and owner.active else None,
            "recurrence_id": row.id,
        }
        lifecycle.start(by, told, run_id=run_id, now=now)
        acts.record(by, "started by recurrence", "recurrence", row.id, now=now, details={"runId": run_id})
    log.info("recurrence started a run", extra={"recurrence": row.id, "run": run_id})
    return True


def _checked_cron(cron: str) -> str:
    fields = cron.split()
    try:
        if len(fields) != 5:
            raise CronSimError
        first = list(islice(CronSim(" ".join(fields), SOME_DAY), 50))
    except (CronSimError, StopIteration):
        raise Invalid("This is no schedule.", errors={"cron": ["Not a cron expression of five fields."]}) from None
    if not first:
        raise Invalid("This is no schedule.", errors={"cron": ["It never comes."]})
    if any(
        (later - earlier).total_seconds() < MOST_OFTEN_HOURS * 3600
        for earlier, later in zip(first, first[1:], strict=False)
    ):
        raise Invalid("This is too often.", errors={"cron": ["At most once an hour."]})
    return " ".join(fields)


def _clock(told: str) -> tuple[int, int]:
    hour, minute = told.split(":")
    return int(hour), int(minute)


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
