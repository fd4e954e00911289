"""Loading the sample customers; twice is once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import models, sampling
from services.workflows.models import Contact, Contract, Customer, acts, copies, feed
from shared import ids
from shared.acts import By
from shared.settings import Settings

TENANT: dict[str, Any] = {"id": "demo", "name": "Demo", "timeZone": "America/New_York", "country": "US"}
OWNER = ids.named("person", "ana@demo.tandem.test")


def seed(settings: Settings, now: datetime) -> None:
    """Load the samples of the tenant `demo`; renewal dates count from the day of the first loading.

    A customer that is there already is left as it is, with its contacts and contracts.
    """
    with feed.transaction():
        # The monitor's word is newer than this one, whenever it comes.
        copies.keep_tenant(TENANT, 0)
        samples = sampling.read(TENANT["id"], copies.home(TENANT["id"]).time_zone, OWNER, now)
        made = {
            one.customer["id"] for one in samples if models.customers.known(TENANT["id"], one.customer["id"]) is None
        }
        fresh = [one for one in samples if one.customer["id"] in made]
        stamps = {"created_at": now, "updated_at": now}
        models.customers.add_missing(Customer, [one.customer | _named(one.customer) | stamps for one in fresh])
        models.customers.add_missing(Contact, [row | _searched(row) | stamps for one in fresh for row in one.contacts])
        models.customers.add_missing(Contract, [row | {"created_at": now} for one in fresh for row in one.contracts])
        if fresh:
            by = By.service("workflows", TENANT["id"])
            acts.record(by, "loaded samples", "customer", "samples", now=now, details={"customers": len(fresh)})


def _named(row: dict[str, Any]) -> dict[str, str]:
    return {"name_key": row["name"].casefold()}


def _searched(row: dict[str, Any]) -> dict[str, str]:
    return {"search_key": models.customers.search_key(row["name"], row["email"])}
