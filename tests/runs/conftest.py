"""A database of runs with its tables, a client of its API, and the rows that most tests begin with."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services.runs import activities, models, objectives, partnerships
from services.runs.app import CONTEXT
from services.runs.models import Activity, Objective, Partnership, feed, replicas
from shared.ground import ids
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.requested import requested
from tests.service import ANA, MAX, OTHER, Service, acts_of, refresh

__all__ = ["ANA", "MAX", "NOON", "OTHER", "refresh"]

ai_task_requests = partial(requested, models.Request, "ai-task-request")
notification_requests = partial(requested, models.Request, "notification-request")

SERVICE = Service(CONTEXT, models.db, feed, (*models.TABLES, models.acts.table))


@pytest.fixture(scope="session")
def service_under_test() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture
def database(at_noon, database):
    """An open connection on empty tables, at NOON."""
    return database


def make_partnership(name: str = "Acme", by: Principal = ANA, now: datetime = NOON, **told: Any) -> Partnership:
    """A partnership, made at NOON."""
    return partnerships.create(
        by, partnerships.CreatePartnership(name=name, **told), partnership_id=ids.new_id(), now=now
    )


def happened(
    partnership: Partnership,
    kind: str = "call",
    *,
    days_ago: float = 0,
    by: Principal = ANA,
    now: datetime = NOON,
    **told: Any,
) -> Activity:
    """Something that happened with a partnership so many days before `now`."""
    with feed.transaction():
        at = now - timedelta(days=days_ago)
        return activities.add(by, partnership, kind=kind, summary=told.pop("summary", kind), at=at, now=now, **told)


def make_objective(by: Principal = ANA, now: datetime = NOON, **told: Any) -> Objective:
    """An objective of this quarter with one key result, half way."""
    result = {"title": "Signed MOUs", "unit": "MOUs", "start": "0", "current": "5", "target": "10"}
    columns = {
        "title": "Grow", "period": "Q4 2026", "starts_on": NOON.date().replace(month=10, day=1),
        "ends_on": NOON.date().replace(month=12, day=31), "key_results": [result], **told,
    }  # fmt: skip
    return objectives.create(by, objectives.CreateObjective(**columns), objective_id=ids.new_id(), now=now)


def live_in(tenant_id: str = "demo", zone: str = "America/New_York", hours: dict[str, str] | None = None) -> None:
    """Have the replicas hold a tenant."""
    told = {"id": tenant_id, "name": tenant_id, "timeZone": zone, "country": "US", "workingHours": hours}
    with feed.transaction():
        replicas.tenants.table.delete().where(replicas.tenants.table.id == tenant_id).execute()
        replicas.tenants.upsert(told, 1)


def know(*people: Principal, **own: Any) -> None:
    """Have the replicas hold people, with what they say of themselves; their addresses are `<id>@demo.test`."""
    with feed.transaction():
        for one in people:
            told = {
                "id": one.id,
                "tenantId": one.tenant_id,
                "name": one.name,
                "email": f"{one.id}@demo.test",
                "active": True,
            }
            replicas.people.upsert(told | own, 1)


def acts(verb: str) -> list[Any]:
    """The acts with this verb, the earliest first."""
    return acts_of(models.acts, verb)
