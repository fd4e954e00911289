"""What people say of themselves: name, time zone, working hours and theme; where they say nothing, the tenant's stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.monitor import people
from services.monitor.models import acts, feed
from services.monitor.models import people as rows
from services.monitor.models.people import Person
from shared.ground import local_days
from shared.ground.errors import Invalid
from shared.ground.principal import Principal

THEMES = ("system", "light", "dark")
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def find(by: Principal) -> Person:
    """The caller's own row. NotFound for a caller who is no person of this tenant."""
    return people.find(by.tenant_id, by.id)


def change(by: Principal, changes: Mapping[str, Any], *, expected: int | None = None, now: datetime) -> Person:
    """Change the caller's own name, time zone, working hours or theme; None for the time zone or the hours is the
    tenant's. NotFound, Stale, and Invalid, which names the fields that are wrong."""
    _check(changes)
    person = find(by)
    person.expect(expected)
    new = {name: value for name, value in changes.items() if value != getattr(person, name)}
    if new:
        with feed.transaction():
            people.write(person, **new)
            acts.record(by, "changed own profile", "person", person.id, now=now, details=new)
    return find(by)


@dataclass(frozen=True)
class Look:
    """How pages look for a person; `time_zone` is None for that of the tenant."""

    time_zone: str | None = None
    theme: str = THEMES[0]


def look(by: Principal) -> Look:
    """How pages look for the caller, who may be somebody without a row, such as a service."""
    person = rows.person(by.tenant_id, by.id)
    return Look(person.time_zone, person.theme) if person else Look()


def time_zone(by: Principal) -> str:
    """The time zone of a person, or else that of their tenant. NotFound when there is no such tenant."""
    return look(by).time_zone or people.tenant(by.tenant_id).time_zone


def _check(changes: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    zone, hours = changes.get("time_zone"), changes.get("working_hours")
    if zone is not None and not local_days.is_zone(zone):
        wrong["timeZone"] = ["A name like Europe/Berlin."]
    if hours is not None:
        wrong |= {
            f"workingHours.{end}": ["A time like 09:00."] for end in ("from", "to") if not TIME.fullmatch(hours[end])
        }
        if not wrong.keys() & {"workingHours.from", "workingHours.to"} and hours["from"] >= hours["to"]:
            wrong["workingHours.to"] = ["Later than the beginning."]
    if wrong:
        raise Invalid("This profile cannot be kept.", errors=wrong)
    if "name" in changes:
        people.check_name(changes["name"])
