"""A database of workflows with its tables, a client of its API, and the rows that most tests begin with."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from services.workflows import customers, executions, finalizing, models, plans, seeding, steps, tasks
from services.workflows.app import CONTEXT
from services.workflows.commands import AddCustomer, EditItem, EditPlan, EditSubTask
from services.workflows.models import Customer, Execution, Plan, Step, Task, feed, replicas
from shared.feed.consumer import Change
from shared.ground import clock, ids
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.requested import requested
from tests.service import OTHER, Service, acts_of, refresh

__all__ = ["NOON", "OTHER", "refresh"]

ANA = Principal("person", seeding.OWNER, "Ana Alvarez", "demo", roles=frozenset({"member"}))
SEED = "Brightwater Logistics"
ASSESSMENT = {"relationshipScore": 8, "confidenceScore": 7}


ai_task_requests = partial(requested, models.Request, "ai-task-request")
notification_requests = partial(requested, models.Request, "notification-request")

TABLES = (*reversed(models.TABLES), models.acts.table, models.schedules.table)
SERVICE = Service(CONTEXT, models.db, feed, TABLES, caller=ANA)


@pytest.fixture(scope="session")
def service_under_test() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture(autouse=True)
def _days_are_counted_alike_on_every_day(at_noon):
    """Every test happens at NOON."""


@pytest.fixture
def samples(settings, database):
    """The sample customers, loaded at NOON."""
    seeding.seed(settings, NOON)


def make_customer(days: int = 165, by: Principal = ANA, **told: Any) -> Customer:
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
    return customers.add(by, AddCustomer(**columns), customer_id=ids.new_id(), now=NOON)


def customer_named(name: str = SEED) -> Customer:
    """A sample customer."""
    return Customer.get((Customer.name == name) & (Customer.tenant_id == "demo"))


def start(customer: Customer, by: Principal = ANA, stage: str | None = "discovery", now: datetime = NOON) -> Execution:
    """A new execution."""
    return executions.start(by, customer.id, stage, execution_id=ids.new_id(), now=now)


def steps_of(execution: Execution) -> list[Step]:
    """Its steps in order."""
    return models.executions.steps_of(execution)


def walk(execution: Execution, by: Principal = ANA, *, until: int = 5) -> list[Step]:
    """Complete the first steps of an execution."""
    for step in steps_of(execution)[:until]:
        given = ASSESSMENT if step.kind == "assessment" else {}
        steps.complete(by, execution.id, step.id, given, now=NOON)
    return steps_of(execution)


def planned(customer: Customer | None = None, by: Principal = ANA) -> Execution:
    """An execution with a draft plan."""
    execution = start(customer or customer_named(), by)
    walk(execution, by)
    plans.generate(by, execution.id, "rules", now=NOON)
    return execution


def edit_plan(execution: Execution, **edits: list[dict[str, Any]]) -> Plan:
    """Edit a plan by items as the API takes them, without what it checks of them."""
    items = {snake(name): [_edit(EditItem, item) for item in listed] for name, listed in edits.items()}
    return plans.edit(ANA, execution.id, EditPlan(**items), new_id=ids.new_id, now=NOON)


def _edit(command: Any, item: dict[str, Any]) -> Any:
    values = {snake(name): value for name, value in item.items()}
    if "sub_tasks" in values:
        values["sub_tasks"] = [_edit(EditSubTask, sub_task) for sub_task in values["sub_tasks"]]
    return command(**values)


def snake(name: str) -> str:
    """`dueDate` -> `due_date`."""
    return re.sub("(?=[A-Z])", "_", name).lower()


def finalized(customer: Customer | None = None, by: Principal = ANA) -> Execution:
    """An execution whose plan was finalized."""
    execution = planned(customer, by)
    finalizing.finalize(by, execution.id, now=NOON)
    return models.executions.get(by.tenant_id, execution.id)


def marks(kind: str) -> set[str]:
    """The subjects of a kind that are in the feed."""
    row = feed.tables.row
    return {one.subject_id for one in row.select().where(row.kind == kind)}


def acts(verb: str) -> list[Any]:
    """The acts with this verb, the earliest first."""
    return acts_of(models.acts, verb)


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
    """The snapshot of an AI task of the executor: of the task here that asked for it, if there is one."""
    task = Task.get_or_none(Task.id == (origin or task_id))
    kind, source_id = tasks.source_of(task) if task else ("task", task_id)
    source = {"service": "workflows", "kind": kind, "id": source_id}
    processor = (task.processor if task else None) or "test"
    ended = status in ("success", "failed", "cancelled")
    return {
        "id": task_id, "tenantId": "demo", "title": "A task", "processor": processor, "status": status, "priority": 1,
        "createdAt": clock.rfc3339(NOON), "availableAt": clock.rfc3339(NOON), "startedAt": clock.rfc3339(NOON),
        "finishedAt": clock.rfc3339(NOON) if ended else None, "durationMs": 5 if ended else None,
        "retryOf": None, "origin": origin or task_id, "retryNumber": number, "subject": None, "source": source, "metadata": {},
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
    """Have the replicas hold processors with these schemas (underscores stand for hyphens)."""
    with feed.transaction():
        for name, schema in schemas.items():
            told = {"id": name.replace("_", "-"), "version": "1", "description": "", "metadataSchema": schema}
            replicas.upsert_processor(told, 1)


def live_in(tenant_id: str = "demo", zone: str = "America/New_York", country: str = "US") -> None:
    """Have the replicas hold a tenant."""
    with feed.transaction():
        replicas.tenants.upsert({"id": tenant_id, "name": tenant_id, "timeZone": zone, "country": country}, 1)


TODAY: date = NOON.date()
