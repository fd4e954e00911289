"""Finds free times in a person's calendar, and locks it for a booking; no two of their booked calls overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from services.runs import availability, models
from services.runs.availability import Slot
from services.runs.models import Meeting, replicas
from services.runs.models.replicas import Region
from shared.ground import clock
from shared.ground.errors import Conflict


def busy(tenant_id: str, owner: str, now: datetime, *, besides: str | None = None) -> list[tuple[datetime, datetime]]:
    """The times of this person's booked calls, as far ahead as free times are offered, without the meeting
    `besides`."""
    until = now + timedelta(days=availability.DAYS_AHEAD + 1)
    return models.meetings.busy(tenant_id, owner, now, until, besides=besides)


@dataclass(frozen=True)
class Hours:
    """When the owner of calls works, and the tenant, whose hours stand for those of the other side."""

    owner: Region
    tenant: Region

    @classmethod
    def of(cls, tenant_id: str, owner: str | None) -> Self:
        """Those of a person of a tenant."""
        return cls(replicas.hours_of(tenant_id, owner), replicas.tenants.region(tenant_id))


def free(
    hours: Hours, time_zone: str | None, taken: list[tuple[datetime, datetime]], *, minutes: int, now: datetime
) -> list[Slot]:
    """The next free times for a call with somebody in this time zone (None: that of the tenant).

    A caller that asks for many partnerships reads the `hours` once.
    """
    region = hours.tenant
    ours = availability.Side(hours.owner.time_zone, hours.owner.working_hours, hours.owner.country)
    theirs = availability.Side(time_zone or region.time_zone, region.working_hours)
    return availability.free(ours, theirs, taken, minutes=minutes, now=now)


def reserve(meeting: Meeting, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Lock the owner's calendar until the transaction ends, so that no other booking comes in between, and check that
    they have no other call at this time.

    Otherwise Conflict, whose `slots` are the next free times, as a step offers them.
    """
    tenant_id, owner = meeting.tenant_id, meeting.owner
    if owner is None:
        return
    models.meetings.lock_calendar(tenant_id, owner)
    taken = models.meetings.overlapping(tenant_id, owner, starts_at, ends_at, besides=meeting.id)
    if taken is None:
        return
    minutes = int((ends_at - starts_at).total_seconds()) // 60
    others = busy(tenant_id, owner, now, besides=meeting.id)
    offered = free(Hours.of(tenant_id, owner), meeting.time_zone, others, minutes=minutes, now=now)
    raise Conflict(_why(owner, taken, offered), slots=[shown(slot) for slot in offered])


def shown(slot: Slot) -> dict[str, str | None]:
    """A free time as JSON."""
    return {
        "startsAt": clock.rfc3339(slot.starts_at),
        "endsAt": clock.rfc3339(slot.ends_at),
        "yours": slot.yours,
        "theirs": slot.theirs,
    }


def _why(owner_id: str, taken: Meeting, offered: list[Slot]) -> str:
    owner = replicas.people.get_or_none(taken.tenant_id, owner_id)
    whose = f"{owner.name} has" if owner else "There is"
    times = ", ".join(slot.yours for slot in offered)
    return f"{whose} another call at that time, {taken.title}. " + (
        f"The next free times are: {times}." if times else "No time is free for both sides in the next two weeks."
    )
