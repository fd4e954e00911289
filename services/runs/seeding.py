"""Loads the sample partnerships and objectives; a second time changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import activities, models, sample_data, sample_removal
from services.runs.models import Partnership, acts, feed, one_time_work, replicas
from services.runs.sample_data import Sample
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.local_days import local_date
from shared.ground.principal import Principal
from shared.ground.settings import Settings

TENANT: JsonObject = {
    "id": "demo",
    "name": "Demo",
    "timeZone": "America/New_York",
    "country": "US",
    "workingHours": None,
}


def seed(settings: Settings, now: datetime) -> None:
    """Load the samples of the tenant `demo`; days count from the day of the first loading.

    Existing samples are not changed, and removed ones are not added again.
    """
    tenant_id = TENANT["id"]
    with feed.transaction():
        # Version 0, so that any version from the monitor replaces it.
        replicas.tenants.upsert(TENANT, 0)
        if one_time_work.is_done(tenant_id, sample_removal.REMOVED):
            return
        zone = replicas.tenants.region(tenant_id).time_zone
        samples = sample_data.partnerships(tenant_id, zone, now)
        loaded = models.partnerships.ever([sample.partnership["id"] for sample in samples])
        fresh = [sample for sample in samples if sample.partnership["id"] not in loaded]
        for sample in fresh:
            _load(sample)
        stamps = {"created_at": now, "updated_at": now}
        for row in sample_data.objectives(tenant_id, local_date(now, zone)):
            if not models.objectives.exists(tenant_id, row["id"]):
                models.objectives.add(**row, **stamps)
        if fresh:
            by = Principal.service("runs", tenant_id)
            acts.record(by, "loaded samples", "partnership", "samples", now=now, details={"partnerships": len(fresh)})


def _load(sample: Sample) -> None:
    """Create a partnership and add its activities, each at its own time."""
    row = models.partnerships.add(**sample.partnership)
    for activity in sample.activities:
        _add_activity(row, activity)


def _add_activity(row: Partnership, activity: dict[str, Any]) -> None:
    name = sample_data.PEOPLE[activity["who"]][0]
    by = Principal("person", sample_data.person_id(activity["who"]), name, row.tenant_id)
    details = None
    if activity["to"]:
        details = {
            "from": row.stage,
            "to": activity["to"],
            "since": clock.rfc3339(row.stage_changed_at),
            "reason": None,
        }
        models.partnerships.change(row, stage=activity["to"], stage_changed_at=activity["at"])
    activities.add(
        by,
        row,
        kind=activity["kind"],
        summary=activity["summary"],
        body=activity["body"],
        now=activity["at"],
        details=details,
    )
