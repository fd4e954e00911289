"""Reads the sample tasks of people; their days count from the day of loading."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from services.workflows import sample_data
from services.workflows.commands import CreateTask
from shared.ground import ids
from shared.ground.json_types import JsonObject

PEOPLE = {
    "ana": ("Ana Alvarez", "ana@demo.tandem.test", "member"),
    "dev": ("Dev Okafor", "dev@demo.tandem.test", "developer"),
    "olga": ("Olga Petrov", "olga@demo.tandem.test", "operator"),
    "max": ("Max Weber", "max@demo.tandem.test", "admin"),
}
"""The sample people, as the monitor has them."""


@dataclass(frozen=True)
class SampleTask:
    """A sample task; `snoozed_until` and `completed` are what is done with it once it is there."""

    id: str
    who: str
    command: CreateTask
    snoozed_until: date | None
    completed: bool


def person_id(name: str) -> str:
    """The id of a sample person, as the monitor's samples have it."""
    return ids.named("person", PEOPLE[name][1])


MAILS = ("Redwood Legal", "Oriel Insurance")
"""The customers to whose people the sample mails are: the first is sent, the second refused."""


def read(tenant_id: str, today: date) -> list[SampleTask]:
    """All sample tasks, parents before their sub-tasks. Their ids are the same each time."""
    return [_task(row, tenant_id, today) for row in _content()]


def _content() -> list[JsonObject]:
    content: list[JsonObject] = json.loads((sample_data.FOLDER / "tasks.json").read_text(encoding="utf-8"))
    return content


def mail_id(tenant_id: str, customer: str) -> str:
    """The id of the AI task that sends the sample mail to this customer."""
    return ids.named("sample-mail", tenant_id, customer)


def ids_of(tenant_id: str) -> set[str]:
    """The ids of all sample tasks and mails."""
    tasks = {task_id(tenant_id, row["key"]) for row in _content()}
    return tasks | {mail_id(tenant_id, customer) for customer in MAILS}


def task_id(tenant_id: str, key: str) -> str:
    """The id of the sample task of this key."""
    return ids.named("sample-task", tenant_id, key)


def _task(row: JsonObject, tenant_id: str, today: date) -> SampleTask:
    command = CreateTask(
        title=row["title"],
        description=row.get("description", ""),
        priority=row["priority"],
        due_date=_due(row, today),
        owner=person_id(row["who"]),
        customer_id=sample_data.customer_id(tenant_id, row["customer"]),
        parent_task_id=task_id(tenant_id, row["parent"]) if "parent" in row else None,
    )
    snoozed = today + timedelta(days=row["snoozedDays"]) if "snoozedDays" in row else None
    return SampleTask(task_id(tenant_id, row["key"]), row["who"], command, snoozed, row.get("completed", False))


def _due(row: JsonObject, today: date) -> date:
    """The day in the file; "this week" is in two days, but not after Sunday."""
    if row.get("dueThisWeek"):
        return today + timedelta(days=min(2, 6 - today.weekday()))
    return today + timedelta(days=row["dueInDays"])
