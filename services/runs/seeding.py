"""Loading the sample partnerships and objectives; twice is once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import activities, models, sampling
from services.runs.days import local_date
from services.runs.models import Partnership, acts, copies, feed
from services.runs.sampling import Sample
from shared import clock
from shared.acts import By
from shared.settings import Settings

TENANT: dict[str, Any] = {
    "id": "demo",
    "name": "Demo",
    "timeZone": "America/New_York",
    "country": "US",
    "workingHours": None,
}


def seed(settings: Settings, now: datetime) -> None:
    """Load the samples of the tenant `demo`; days count from the day of the first loading.

    What is there already is left as it is, and what somebody has removed stays removed.
    """
    tenant_id = TENANT["id"]
    with feed.transaction():
        # The monitor's word is newer than this one, whenever it comes.
        copies.tenants.keep(TENANT, 0)
        zone = copies.tenants.home(tenant_id).time_zone
        samples = sampling.partnerships(tenant_id, zone, now)
        known = models.partnerships.ever([one.partnership["id"] for one in samples])
        fresh = [one for one in samples if one.partnership["id"] not in known]
        for one in fresh:
            _live(one)
        stamps = {"created_at": now, "updated_at": now}
        for row in sampling.objectives(tenant_id, local_date(now, zone)):
            if not models.objectives.known(tenant_id, row["id"]):
                models.objectives.add(**row, **stamps)
        if fresh:
            by = By.service("runs", tenant_id)
            acts.record(by, "loaded samples", "partnership", "samples", now=now, details={"partnerships": len(fresh)})


def _live(sample: Sample) -> None:
    """Make a partnership, and let happen to it what happened, each at its time."""
    row = models.partnerships.add(**sample.partnership)
    for told in sample.activities:
        _happen(row, told)


def _happen(row: Partnership, told: dict[str, Any]) -> None:
    name = sampling.PEOPLE[told["who"]][0]
    by = By("person", sampling.person_id(told["who"]), name, row.tenant_id)
    details = None
    if told["to"]:
        details = {"from": row.stage, "to": told["to"], "since": clock.rfc3339(row.stage_changed_at), "reason": None}
        models.partnerships.change(row, stage=told["to"], stage_changed_at=told["at"])
    activities.add(
        by, row, kind=told["kind"], summary=told["summary"], body=told["body"], now=told["at"], details=details
    )
