"""Loads the sample customers; a second time changes nothing."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models, sample_data, sample_removal
from services.workflows.models import Contact, Contract, Customer, acts, feed, one_time_work, replicas
from shared.ground import ids
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings

TENANT: JsonObject = {"id": "demo", "name": "Demo", "timeZone": "America/New_York", "country": "US"}
OWNER = ids.named("person", "ana@demo.tandem.test")


def seed(settings: Settings, now: datetime) -> None:
    """Load the samples of the tenant `demo`; renewal dates count from the day of the first loading.

    An existing customer is not changed, nor its contacts and contracts. Samples that were removed stay away.
    """
    with feed.transaction():
        # Version 0, so that any version from the monitor replaces it.
        replicas.tenants.upsert(TENANT, 0)
        if one_time_work.is_done(TENANT["id"], sample_removal.REMOVED):
            return
        samples = sample_data.read(TENANT["id"], replicas.tenants.region(TENANT["id"]).time_zone, OWNER, now)
        made = {
            sample.customer["id"]
            for sample in samples
            if models.customers.get_or_none(TENANT["id"], sample.customer["id"]) is None
        }
        fresh = [sample for sample in samples if sample.customer["id"] in made]
        stamps = {"created_at": now, "updated_at": now}
        models.customers.add_missing(Customer, [sample.customer | stamps for sample in fresh])
        models.customers.add_missing(Contact, [row | stamps for sample in fresh for row in sample.contacts])
        models.customers.add_missing(
            Contract, [row | {"created_at": now} for sample in fresh for row in sample.contracts]
        )
        by = Principal.service("workflows", TENANT["id"])
        known = stamps | {"by": by.as_json()}
        models.facts.add_missing([row | known for sample in fresh for row in sample.facts])
        for add, rows in (
            (models.facts.add_missing_scores, [row for sample in fresh for row in sample.scores]),
            (models.facts.add_missing_usage, [row for sample in fresh for row in sample.usage]),
        ):
            add([row | {"created_at": now} for row in rows])
        models.holds.add_missing(
            [row | {"created_at": now, "by": by.as_json()} for sample in fresh for row in sample.holds]
        )
        if fresh:
            acts.record(by, "loaded samples", "customer", "samples", now=now, details={"customers": len(fresh)})
