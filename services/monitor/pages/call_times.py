"""Shows a typed time of a call on the clocks of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.monitor import people, profiles
from services.monitor.pages import api_client
from services.monitor.pages.guided_runs import RUNS
from shared.web import callers

MONDAY_TO_FRIDAY = range(5)
DAY_BEGINS, DAY_ENDS = 7, 21


@dataclass(frozen=True)
class Proposed:
    """A time that was typed for the call of a row and is not booked yet."""

    row_id: str
    typed: str
    yours: str
    your_zone: str
    theirs: str
    their_zone: str
    unusual: str

    @property
    def obvious(self) -> bool:
        """Whether both clocks show the same time, at an hour at which people work."""
        return self.yours == self.theirs and not self.unusual


def proposed(run_id: str, row_id: str, typed: str) -> Proposed | None:
    """The typed time on both clocks. None if it is not a time, or no step in progress has this row or offers it a
    call."""
    item = _row(run_id, row_id) if row_id and typed else None
    if item is None:
        return None
    by = callers.by()
    ours = profiles.time_zone(by)
    partnership = api_client.get("runs", f"/api/partnerships/{item['partnershipId']}")
    theirs = ZoneInfo(partnership.get("timeZone") or people.tenant(by.tenant_id).time_zone)
    try:
        moment = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(ours))
    except ValueError:
        return None
    there = moment.astimezone(theirs)
    return Proposed(row_id, typed, _said(moment), _city(ours), _said(there), _city(theirs.key), _unusual(there))


def _row(run_id: str, row_id: str) -> dict[str, Any] | None:
    steps = api_client.get("runs", f"{RUNS}/{run_id}")["steps"]
    under_way = [step["id"] for step in steps if step["status"] == "in_progress"]
    items = (
        item
        for step_id in under_way
        for item in api_client.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/data")["items"]
    )
    return next((item for item in items if item["id"] == row_id and "slots" in item and not item["gone"]), None)


def _said(moment: datetime) -> str:
    return moment.strftime("%a %-d %b, %H:%M")


def _city(zone: str) -> str:
    """The city of a time zone: New York for `America/New_York`."""
    return zone.rpartition("/")[2].replace("_", " ")


def _unusual(there: datetime) -> str:
    if there.weekday() not in MONDAY_TO_FRIDAY:
        return "That is a weekend there."
    if not DAY_BEGINS <= there.hour < DAY_ENDS:
        return "That is night there."
    return "" if 8 <= there.hour < 18 else "Few people work at that hour."
