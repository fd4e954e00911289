"""Finds the few customers, contacts and tasks that are shown as somebody types; limited to one tenant."""

from __future__ import annotations

from services.workflows.models.customer_tables import Contact, Customer
from services.workflows.models.customers import SEARCHED
from services.workflows.models.tables import TASK_ORDER, Task
from services.workflows.models.tasks import KIND
from shared.search import finding
from shared.search.finding import Findable

CUSTOMERS = Findable(
    Customer,
    SEARCHED[Customer][0],
    (Customer.id, Customer.name, Customer.renewal_date, Customer.time_zone),
    ((Customer.renewal_order, "asc"), (Customer.id, "asc")),
)
CONTACTS = Findable(
    Contact,
    SEARCHED[Contact][0],
    (Contact.id, Contact.name, Contact.email, Contact.customer_id),
    ((Contact.name, "asc"), (Contact.id, "asc")),
)
TASKS = Findable(
    Task,
    KIND,
    (Task.id, Task.title, Task.status, Task.due_date),
    tuple((field, "asc") for field in TASK_ORDER),
    where="status = 'open'",
)


def first(tenant_id: str, q: str, most: int) -> tuple[list[Customer], list[Contact], list[Task]]:
    """At most so many customers, contacts and open tasks with words that begin like those of `q`, each kind in the order
    of its list."""
    customers, contacts, tasks = finding.first((CUSTOMERS, CONTACTS, TASKS), tenant_id, q, most)
    return customers, contacts, tasks
