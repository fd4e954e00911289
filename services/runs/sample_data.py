"""Builds the rows of the sample data; dates are relative to `now` or `today`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.runs.catalogue.seasonal_planning_check import SEASONAL_PLANNING_CHECK
from services.runs.catalogue.weekly_pipeline_review import WEEKLY_PIPELINE_REVIEW
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.json_types import JsonObject
from shared.ground.local_days import local_date

FOLDER = Path(__file__).parent / "samples"
PEOPLE = {
    "ana": ("Ana Alvarez", "ana@demo.tandem.test"),
    "dev": ("Dev Okafor", "dev@demo.tandem.test"),
    "max": ("Max Weber", "max@demo.tandem.test"),
}


@dataclass(frozen=True)
class Sample:
    """`partnership` are its columns at creation, `activities` its history including the creation, `stage` its stage
    after it."""

    partnership: Columns
    stage: str
    activities: list[dict[str, Any]]


def person_id(name: str) -> str:
    """The id of a sample person, as the monitor's samples have it."""
    return ids.named("person", PEOPLE[name][1])


def partnerships(tenant_id: str, time_zone: str, now: datetime) -> list[Sample]:
    """All sample partnerships. Their ids follow from the tenant and the names, so that they are the same each time."""
    today = local_date(now, time_zone)
    return [_sample(facts, tenant_id, time_zone, today, now) for facts in _read("partnerships.json")]


def partnership_ids(tenant_id: str) -> list[str]:
    """The ids of all sample partnerships."""
    return [partnership_id(tenant_id, facts["name"]) for facts in _read("partnerships.json")]


def partnership_id(tenant_id: str, name: str) -> str:
    """The id of the sample partnership of this name."""
    return ids.named("sample-partnership", tenant_id, name)


def run_id(tenant_id: str, template_id: str) -> str:
    """The id of the sample run of this template."""
    return ids.named("sample-run", tenant_id, template_id)


def run_ids(tenant_id: str) -> list[str]:
    """The ids of the sample runs."""
    return [run_id(tenant_id, template.id) for template in (SEASONAL_PLANNING_CHECK, WEEKLY_PIPELINE_REVIEW)]


def recurrence_id(tenant_id: str) -> str:
    """The id of the sample recurrence."""
    return ids.named("sample-recurrence", tenant_id, WEEKLY_PIPELINE_REVIEW.id)


def objective_id(tenant_id: str, title: str) -> str:
    """The id of the sample objective of this title."""
    return ids.named("sample-objective", tenant_id, title)


def objective_ids(tenant_id: str) -> list[str]:
    """The ids of the sample objectives."""
    return [objective_id(tenant_id, facts["title"]) for facts in _read("objectives.json")]


def objectives(tenant_id: str, today: date) -> list[Columns]:
    """All sample objectives. Their period runs from the first day of the month before last to the end of next month."""
    starts_on = _first_of(today, -2)
    ends_on = _first_of(today, 2) - timedelta(days=1)
    return [
        {
            "id": objective_id(tenant_id, facts["title"]),
            "tenant_id": tenant_id,
            "title": facts["title"],
            "description": facts["description"],
            "owner": person_id(facts["owner"]),
            "period": f"{starts_on:%B} to {ends_on:%B %Y}",
            "starts_on": starts_on,
            "ends_on": ends_on,
            "status": "open",
            "key_results": [
                result | {"id": ids.named("sample-key-result", tenant_id, facts["title"], result["title"])}
                for result in facts["keyResults"]
            ],
        }
        for facts in _read("objectives.json")
    ]


def _read(name: str) -> list[JsonObject]:
    facts: list[JsonObject] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return facts


def _sample(facts: JsonObject, tenant_id: str, time_zone: str, today: date, now: datetime) -> Sample:
    made_at = _moment(today, facts["createdDaysAgo"], "09:00", time_zone, now)
    partnership = {
        "id": partnership_id(tenant_id, facts["name"]),
        "tenant_id": tenant_id,
        "name": facts["name"],
        "stage": facts["stage"],
        "owner": person_id(facts["owner"]),
        "priority": facts["priority"],
        "description": facts["description"],
        "source": facts["source"],
        "website": facts.get("website"),
        "time_zone": facts.get("timeZone"),
        "contacts": facts["contacts"],
        "next_call_on": _next_call(facts.get("nextCall"), today),
        "stage_changed_at": made_at,
        "created_at": made_at,
        "updated_at": made_at,
    }
    happened = [_activity(activity, facts["owner"], time_zone, today, now) for activity in facts["activities"]]
    created = {"kind": "created", "summary": f"Created as {facts['stage']}", "body": "", "at": made_at, "to": None}
    everything = [created | {"who": facts["owner"]}, *sorted(happened, key=lambda activity: activity["at"])]
    return Sample(
        partnership,
        next((activity["to"] for activity in reversed(everything) if activity["to"]), facts["stage"]),
        everything,
    )


def _activity(facts: JsonObject, owner: str, time_zone: str, today: date, now: datetime) -> dict[str, Any]:
    return {
        "kind": facts["kind"],
        "summary": facts["summary"],
        "body": facts.get("body", ""),
        "at": _moment(today, facts["daysAgo"], facts.get("at", "14:30"), time_zone, now),
        "to": facts.get("to"),
        "who": facts.get("who", owner),
    }


def _moment(today: date, days_ago: int, at: str, time_zone: str, now: datetime) -> datetime:
    day = today - timedelta(days=days_ago)
    return min(datetime.combine(day, time.fromisoformat(at), ZoneInfo(time_zone)), now)


def _next_call(when: str | None, today: date) -> date | None:
    """The date of the next call: three days ago, today, or in two days but not after Sunday; None without one."""
    sunday = today + timedelta(days=6 - today.weekday())
    days = {"overdue": today - timedelta(days=3), "today": today, "this week": min(today + timedelta(days=2), sunday)}
    return days[when] if when else None


def _first_of(day: date, months_on: int) -> date:
    """The first day of the month `months_on` months later."""
    years, month = divmod(day.year * 12 + day.month - 1 + months_on, 12)
    return date(years, month + 1, 1)
