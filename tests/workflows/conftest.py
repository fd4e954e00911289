"""A database of workflows with its tables, a client of its API, and the rows that most tests begin with."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from services.workflows import customers, executions, finalizing, models, plans, seeding, steps
from services.workflows.app import CONTEXT
from services.workflows.models import Customer, Execution, Step, copies, feed
from shared import clock, ids
from shared.acts import By
from shared.database import session
from shared.reading import Change
from shared.tokens import Signer
from tests.conftest import NOON

ANA = By("person", seeding.OWNER, "Ana Alvarez", "demo", roles=frozenset({"member"}))
OTHER = By("person", "otto", "Otto", "acme", roles=frozenset({"admin"}))
SEED = "Brightwater Logistics"
ASSESSMENT = {"relationshipScore": 8, "confidenceScore": 7}


@pytest.fixture(scope="session")
def settings(make_settings):
    """Settings of workflows on a migrated database of its own; Redis is away, which no test may notice."""
    told = make_settings("workflows", redis_url="redis://127.0.0.1:1/0")
    CONTEXT.migrate(told)
    return told


@pytest.fixture(scope="session")
def application(settings):
    """The API."""
    return CONTEXT.make_app(settings)


@pytest.fixture(autouse=True)
def at_noon():
    """The clock that the doors ask says NOON too, so that days are counted alike on every day."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def database(application, at_noon):
    """An open connection on empty tables."""
    with session(models.db):
        with models.db.atomic():
            for table in reversed(models.TABLES):
                table.delete().execute()
            for table in (models.acts.table, feed.tables.row, models.schedules.table, models.schedules.fires):
                table.delete().execute()
        yield models.db


@pytest.fixture
def samples(settings, database):
    """The sample customers, loaded at NOON."""
    seeding.seed(settings, NOON)


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


@pytest.fixture
def ask_as_service(application, settings, database):
    """As `ask`, but by the monitor as a service, for a person if there is one."""
    client = application.test_client()

    def send(method: str, path: str, body: Any = None, *, person: By | None = ANA, tenant: str = "demo"):
        signer = Signer("monitor", settings.keys)
        token = signer.for_service(clock.now(), tenant_id=tenant, person=person)
        models.db.close()
        try:
            return client.open(path, method=method, json=body, headers={"Authorization": "Bearer " + token})
        finally:
            models.db.connect(reuse_if_open=True)

    return send


def make_customer(days: int = 165, by: By = ANA, **told: Any) -> Customer:
    """A customer so many days before its renewal."""
    columns = {
        "name": "Acme",
        "arr": Decimal("100000.00"),
        "currency": "USD",
        "renewal_date": NOON.date() + timedelta(days=days),
        "usage": {},
        "signals": [],
        "owner": by.id,
        **told,
    }
    return customers.add(by, columns, customer_id=ids.new_id(), now=NOON)


def customer_named(name: str = SEED) -> Customer:
    """A sample customer."""
    return Customer.get((Customer.name == name) & (Customer.tenant_id == "demo"))


def start(customer: Customer, by: By = ANA, stage: str | None = "discovery", now: datetime = NOON) -> Execution:
    """A new execution."""
    return executions.start(by, customer.id, stage, execution_id=ids.new_id(), now=now)


def steps_of(execution: Execution) -> list[Step]:
    """Its steps in order."""
    return models.executions.steps_of(execution.id)


def walk(execution: Execution, by: By = ANA, *, until: int = 5) -> list[Step]:
    """Complete the first steps of an execution."""
    for step in steps_of(execution)[:until]:
        given = ASSESSMENT if step.kind == "assessment" else {}
        steps.complete(by, execution.id, step.id, given, now=NOON)
    return steps_of(execution)


def planned(customer: Customer | None = None, by: By = ANA) -> Execution:
    """An execution with a draft plan."""
    execution = start(customer or customer_named(), by)
    walk(execution, by)
    plans.generate(by, execution.id, "rules", now=NOON)
    return execution


def finalized(customer: Customer | None = None, by: By = ANA) -> Execution:
    """An execution whose plan was finalized."""
    execution = planned(customer, by)
    finalizing.finalize(by, execution.id, now=NOON)
    return models.executions.find(by.tenant_id, execution.id)


def refresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).get_by_id(row.get_id())


def marks(kind: str) -> set[str]:
    """The subjects of a kind that are in the feed."""
    row = feed.tables.row
    return {one.subject_id for one in row.select().where(row.kind == kind)}


def acts(verb: str) -> list[Any]:
    """The acts with this verb, the earliest first."""
    table = models.acts.table
    return list(table.select().where(table.verb == verb).order_by(table.id))


def change(
    kind: str, data: dict[str, Any], *, version: int = 1, source: str = "executor", now: datetime = NOON
) -> Change:
    """A change of another service, as the reader hands it on."""
    tenant = data.get("tenantId", "demo")
    return Change(source, kind, data["id"], version, version, tenant, False, data, now)


def heard(applier: Any, told: Change) -> None:
    """Apply a change as the reader does: in a transaction, in a savepoint."""
    with feed.transaction(), feed.savepoint():
        applier(told)


def ai_task(
    task_id: str, status: str = "success", *, origin: str | None = None, number: int = 0, **more: Any
) -> dict[str, Any]:
    """The snapshot of an AI task of the executor."""
    ended = status in ("success", "failed", "cancelled")
    return {
        "id": task_id, "tenantId": "demo", "title": "A task", "processor": "test", "status": status, "priority": 1,
        "createdAt": clock.rfc3339(NOON), "availableAt": clock.rfc3339(NOON), "startedAt": clock.rfc3339(NOON),
        "finishedAt": clock.rfc3339(NOON) if ended else None, "durationMs": 5 if ended else None,
        "retryOf": None, "origin": origin or task_id, "retryNumber": number, "subject": None, "source": None, "metadata": {},
        "result": {"done": True} if status == "success" else None, "error": None, "maxAttempts": 4, "attempts": [], "effects": [],
        "by": {"kind": "person", "id": "ana", "name": "Ana"}, **more,
    }  # fmt: skip


def failure(*, unknown: bool = False) -> dict[str, Any]:
    """The error of a failed AI task."""
    return {
        "type": "CrmError",
        "message": "row locked",
        "stackTrace": "Traceback ...",
        "permanent": False,
        "outcomeUnknown": unknown,
    }


def know_processors(**schemas: dict[str, Any]) -> None:
    """Have the copies hold processors with these schemas (underscores stand for hyphens)."""
    with feed.transaction():
        for name, schema in schemas.items():
            told = {"id": name.replace("_", "-"), "version": "1", "description": "", "metadataSchema": schema}
            copies.keep_processor(told, 1)


def live_in(tenant_id: str = "demo", zone: str = "America/New_York", country: str = "US") -> None:
    """Have the copies hold a tenant."""
    with feed.transaction():
        copies.keep_tenant({"id": tenant_id, "name": tenant_id, "timeZone": zone, "country": country}, 1)


TODAY: date = NOON.date()
