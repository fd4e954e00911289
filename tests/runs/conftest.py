"""A database of runs with its tables, a client of its API, and the rows that most tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.runs import activities, models, objectives, partnerships
from services.runs.app import CONTEXT
from services.runs.models import Activity, Objective, Partnership, copies, feed
from shared import clock, ids
from shared.acts import By
from shared.database import session
from shared.tokens import Signer
from tests.conftest import NOON

ANA = By("person", "ana", "Ana Alvarez", "demo", roles=frozenset({"member"}))
MAX = By("person", "max", "Max Weber", "demo", roles=frozenset({"member"}))
OTHER = By("person", "otto", "Otto", "acme", roles=frozenset({"admin"}))


@pytest.fixture(scope="session")
def settings(make_settings):
    """Settings of runs on a migrated database of its own; Redis is away, which no test may notice."""
    told = make_settings("runs", redis_url="redis://127.0.0.1:1/0")
    CONTEXT.migrate(told)
    return told


@pytest.fixture(scope="session")
def application(settings):
    """The API."""
    return CONTEXT.make_app(settings)


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The clock that the doors ask says NOON too."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def database(settings, application, at_noon):
    """An open connection on empty tables."""
    CONTEXT.connect(settings)
    with session(models.db):
        with models.db.atomic():
            for table in models.TABLES:
                table.delete().execute()
            for table in (models.acts.table, feed.tables.row):
                table.delete().execute()
        yield models.db


@pytest.fixture
def ask(application, settings, database):
    """`ask("POST", "/api/...", body, by=...)` -> the response, in a request of its own."""
    client = application.test_client()

    def send(method: str, path: str, body: Any = None, *, by: By | None = ANA, headers: dict[str, str] | None = None):
        token = (
            {}
            if by is None
            else {"Authorization": "Bearer " + Signer("monitor", settings.keys).for_person(by, clock.now())}
        )
        models.db.close()
        try:
            return client.open(path, method=method, json=body, headers=token | (headers or {}))
        finally:
            models.db.connect(reuse_if_open=True)

    return send


def make_partnership(name: str = "Acme", by: By = ANA, now: datetime = NOON, **told: Any) -> Partnership:
    """A partnership, made at NOON."""
    return partnerships.create(by, {"name": name, **told}, partnership_id=ids.new_id(), now=now)


def happened(
    partnership: Partnership,
    kind: str = "call",
    *,
    days_ago: float = 0,
    by: By = ANA,
    now: datetime = NOON,
    **told: Any,
) -> Activity:
    """Something that happened with a partnership so many days before `now`."""
    with feed.transaction():
        at = now - timedelta(days=days_ago)
        return activities.add(by, partnership, kind=kind, summary=told.pop("summary", kind), at=at, now=now, **told)


def make_objective(by: By = ANA, now: datetime = NOON, **told: Any) -> Objective:
    """An objective of this quarter with one key result, half way."""
    result = {"title": "Signed MOUs", "unit": "MOUs", "start": "0", "current": "5", "target": "10"}
    columns = {
        "title": "Grow", "period": "Q4 2026", "starts_on": NOON.date().replace(month=10, day=1),
        "ends_on": NOON.date().replace(month=12, day=31), "key_results": [result], **told,
    }  # fmt: skip
    return objectives.create(by, columns, objective_id=ids.new_id(), now=now)


def live_in(tenant_id: str = "demo", zone: str = "America/New_York", hours: dict[str, str] | None = None) -> None:
    """Have the copies hold a tenant."""
    told = {"id": tenant_id, "name": tenant_id, "timeZone": zone, "country": "US", "workingHours": hours}
    with feed.transaction():
        copies.tenants.table.delete().where(copies.tenants.table.id == tenant_id).execute()
        copies.tenants.keep(told, 1)


def know(*people: By) -> None:
    """Have the copies hold people; their addresses are `<id>@demo.test`."""
    with feed.transaction():
        for one in people:
            told = {
                "id": one.id,
                "tenantId": one.tenant_id,
                "name": one.name,
                "email": f"{one.id}@demo.test",
                "active": True,
            }
            copies.people.keep(told, 1)


def refresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).get_by_id(row.get_id())


def acts(verb: str) -> list[Any]:
    """The acts with this verb, the earliest first."""
    table = models.acts.table
    return list(table.select().where(table.verb == verb).order_by(table.id))
