"""The customers of a large team, as the bench of the console fills the database of workflows: with their people, workflows
and tasks. The same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.workflows import stages
from services.workflows.models import Contact, Contract, Customer, Execution, Step, Task, replicas
from services.workflows.models.customer_tables import placed_customer
from services.workflows.models.database import words
from services.workflows.models.fact_tables import CustomerHold, ScoreReading
from services.workflows.models.tables import Trigger, placed
from shared.contracts.customers import CONTACT_ROLES, CONTACT_STATUSES, SENTIMENTS
from shared.ground import ids
from shared.ground.json_types import JsonObject
from shared.search.terms import words_of
from tests.bench import bulk, lists

TENANT = "demo"
LEAD, CSM = (ids.named("person", f"{name}@demo.tandem.test") for name in ("max", "ana"))
OWNERS = (LEAD, CSM, *(f"p{number}" for number in range(lists.OWNERS - 2)))
BY = {"kind": "person", "id": LEAD, "name": "Max Weber"}
FIRST = ("Acme", *lists.FIRST, "Actonia", "Belmont", "Orchard", "Vireo", "Zephyr")
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland", None)
CURRENCIES = ("USD", "USD", "USD", "EUR", "GBP")
TIERS = ("enterprise", "growth", "standard")
GIVEN = (
    *("Ana", "Ivan", "Marcus", "Dana", "Priya", "Tom", "Lucía", "Kenji", "Aoife", "Noor", "Samuel", "Wen", "Ruth", "Omar"),
    *("Ingrid", "Paulo", "Yusuf", "Chloé", "Grace", "Hugo"),
)  # fmt: skip
FAMILY = (
    *("Petrov", "Webb", "Okafor", "Alvarez", "Kaur", "Novak", "Smith", "Tanaka", "Byrne", "Haddad", "Weiss", "Li", "Costa"),
    *("Moreau", "Larsen", "Ortiz", "Demir", "Young", "Acker", "Quinn"),
)  # fmt: skip
DO = ("Send the renewal offer", "Call about the usage", "Schedule the review", "Chase the signature", "Update the forecast",
      "Ask for the purchase order", "Prepare the briefing", "Find out who signs", "Walk through the pricing",
      "Introduce the new sponsor")  # fmt: skip
STEPS_OF_EACH = 6


@dataclass(frozen=True)
class Size:
    """How much of each; the rest follows from the customers."""

    customers: int
    contacts: int
    tasks: int

    @property
    def notices(self) -> int:
        """Notifications of the lead, and as many AI tasks in the read model."""
        return self.tasks // 20


def fill(size: Size, now: datetime, chance: random.Random) -> None:
    """Write customers, and what stands around them, into the database that the models of workflows are connected to."""
    replicas.tenants.upsert({"id": TENANT, "name": "Demo", "timeZone": "America/New_York", "country": "US"}, 0)
    for number, owner in enumerate(OWNERS[2:]):
        replicas.people.upsert(person(owner, number) | {"tenantId": TENANT}, 0)
    stamps = {"tenant_id": TENANT, "created_at": now, "updated_at": now}
    customers = [_customer(number, now, chance) for number in range(size.customers)]
    bulk.load(Customer, customers, stamps)
    _words("customer", ((row["id"], [row["name"]]) for row in customers))
    contacts = [_contact(number, customers[number % len(customers)], now, chance) for number in range(size.contacts)]
    bulk.load(Contact, contacts, stamps)
    _words("contact", ((row["id"], [row["name"], row["email"]]) for row in contacts))
    _fill_executions(customers, now, chance)
    _fill_facts(customers, now, chance)
    tasks = [_task(number, customers, now, chance) for number in range(size.tasks)]
    bulk.load(Task, tasks, {"tenant_id": TENANT})
    _words("task", ((row["id"], [row["title"]]) for row in tasks))


def _words(kind: str, subjects: Iterator[tuple[str, list[str]]]) -> None:
    rows = ({"subject_id": row_id, "word": word} for row_id, texts in subjects for word in words_of(*texts))
    bulk.load(words.table, rows, {"kind": kind, "tenant_id": TENANT, "place": ""})


def person(person_id: str, number: int) -> JsonObject:
    """A colleague."""
    name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[(number * 7) % len(FAMILY)]}"
    return {"id": person_id, "name": name, "email": f"{person_id}@demo.tandem.test", "active": True}


def _customer(number: int, now: datetime, chance: random.Random) -> JsonObject:
    dated = chance.random() < 0.95
    values: dict[str, Any] = {
        "id": ids.new_id(),
        "name": f"{chance.choice(FIRST)} {chance.choice(lists.LAST)} {number}",
        "external_id": f"crm-{number}",
        "arr": Decimal(round(chance.lognormvariate(10, 1))),
        "currency": chance.choice(CURRENCIES),
        "renewal_date": now.date() + timedelta(days=chance.randint(-60, 365)) if dated else None,
        "time_zone": chance.choice(ZONES),
        "health_score": chance.randint(20, 100) if chance.random() < 0.9 else None,
        "renewal_likelihood": chance.randint(20, 100) if chance.random() < 0.7 else None,
        "owner": chance.choice(OWNERS) if chance.random() < 0.98 else None,
        "tier": chance.choice(TIERS),
        "last_touch_order": now.date() - timedelta(days=chance.randint(0, 120)),
    }
    return placed_customer(values)


def _contact(number: int, customer: JsonObject, now: datetime, chance: random.Random) -> JsonObject:
    given, family = chance.choice(GIVEN), chance.choice(FAMILY)
    domain = "-".join(words_of(customer["name"]))
    return {
        "id": ids.new_id(),
        "customer_id": customer["id"],
        "name": f"{given} {family}",
        "email": f"{'.'.join(words_of(given, family))}{number}@{domain}.example",
        "title": chance.choice(("CFO", "Head of IT", "Buyer", "Director")),
        "role": chance.choice(list(CONTACT_ROLES)),
        "status": chance.choice(list(CONTACT_STATUSES)),
        "sentiment": chance.choice(list(SENTIMENTS)),
        "last_touch_on": now.date() - timedelta(days=chance.randint(0, 300)),
    }


def _fill_executions(customers: list[JsonObject], now: datetime, chance: random.Random) -> None:
    keys = [stage.key for stage in stages.STAGES]
    made = []
    for customer in customers * 2:
        begun, running = now - timedelta(days=chance.uniform(0, 200)), chance.random() < 0.2
        made.append(
            {
                "id": ids.new_id(), "customer_id": customer["id"], "customer_name": customer["name"], "stage": chance.choice(keys),
                "status": "in_progress" if running else "completed", "owner": customer["owner"], "created_at": begun,
                "started_at": begun, "completed_at": None if running else begun + timedelta(days=5),
            }
        )  # fmt: skip
    bulk.load(Execution, made, {"tenant_id": TENANT, "by": BY, "plan_status": None})
    steps = (
        {
            "id": ids.new_id(), "execution_id": row["id"], "order_index": place, "title": f"Step {place}",
            "status": "completed" if row["completed_at"] or place < 2 else "pending",
        }
        for row in made
        for place in range(STEPS_OF_EACH)
    )  # fmt: skip
    bulk.load(Step, steps, {"tenant_id": TENANT, "kind": "assessment", "guidance": ""})


def _fill_facts(customers: list[JsonObject], now: datetime, chance: random.Random) -> None:
    today = now.date()
    own = {"tenant_id": TENANT, "created_at": now}
    triggers = (
        {
            "id": ids.new_id(), "customer_id": row["id"], "execution_id": ids.new_id(), "stage": "prepare",
            "trigger_date": today + timedelta(days=chance.randint(1, 100)),
        }
        for row in customers
    )  # fmt: skip
    bulk.load(Trigger, triggers, own | {"status": "scheduled", "by": BY})
    contracts = ({"id": ids.new_id(), "customer_id": row["id"]} for row in customers if chance.random() < 0.7)
    bulk.load(Contract, contracts, own | {"title": "Main agreement", "text": "This agreement renews. " * 200})
    holds = ({"id": ids.new_id(), "customer_id": row["id"]} for row in customers[::50])
    bulk.load(CustomerHold, holds, own | {"reason": "legal", "from_on": today, "by": BY})
    readings = (
        {
            "id": ids.new_id(),
            "customer_id": row["id"],
            "on": today - timedelta(days=30 * month),
            "value": month * 10 + 20,
        }
        for row in customers
        for month in range(4)
    )
    bulk.load(ScoreReading, readings, own | {"measure": "health", "source": "CSM"})


TASK_STATES = (("open", 11), ("in_progress", 3), ("snoozed", 3), ("completed", 75), ("cancelled", 8))


def _task(number: int, customers: list[JsonObject], now: datetime, chance: random.Random) -> JsonObject:
    customer = chance.choice(customers)
    (status,) = chance.choices([name for name, _ in TASK_STATES], [share for _, share in TASK_STATES])
    made = now - timedelta(minutes=number)
    ai = chance.random() < 0.15
    return placed(
        {
            "id": ids.new_id(),
            "title": f"{chance.choice(DO)} with {chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            "status": status,
            "priority": chance.randint(1, 3),
            "due_date": _due(status, now.date(), chance),
            "snoozed_until": now + timedelta(days=chance.randint(1, 30)) if status == "snoozed" else None,
            "owner": customer["owner"],
            "subject_kind": "customer",
            "subject_id": customer["id"],
            "auto_execute": ai,
            "processor": "send_email" if ai else None,
            "execution_status": ("success" if status == "completed" else "queued") if ai else None,
            "created_at": made,
            "updated_at": made,
            "completed_at": made + timedelta(days=2) if status == "completed" else None,
        }
    )


def _due(status: str, today: date, chance: random.Random) -> date | None:
    if chance.random() < 0.1:
        return None
    ahead = status in ("open", "in_progress", "snoozed")
    return today + timedelta(days=chance.randint(-10, 60) if ahead else chance.randint(-350, 0))
