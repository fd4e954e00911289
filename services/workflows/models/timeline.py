"""What happened with a customer: the acts on it and on what belongs to it, one line after the other, limited to one tenant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

import peewee

from services.workflows.models.customer_tables import Contact
from services.workflows.models.database import acts
from services.workflows.models.tables import CUSTOMER, Execution, Task, Trigger
from shared.contracts.paging import Page
from shared.database import pagination

Act = acts.table


def of_customer(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """The acts on a customer, its contacts, its workflows, its triggers and the tasks about it, the newest first. They are read by
    the index of their subjects."""
    belonging = (
        Contact.for_tenant(tenant_id, Contact.id).where(Contact.customer_id == customer_id),
        Execution.for_tenant(tenant_id, Execution.id).where(Execution.customer_id == customer_id),
        Trigger.for_tenant(tenant_id, Trigger.id).where(Trigger.customer_id == customer_id),
        Task.for_tenant(tenant_id, Task.id).where(Task.subject_kind == CUSTOMER, Task.subject_id == customer_id),
    )
    its: Any = reduce(or_, belonging, peewee.Select(columns=[peewee.Value(customer_id)]))
    query = Act.for_tenant(tenant_id).where(Act.subject_id.in_(its))
    return pagination.page(query, [(Act.at, "desc"), (Act.id, "desc")], limit=limit, offset=offset, cursor=cursor)


def names_of(tenant_id: str, entries: Iterable[Any]) -> dict[str, str]:
    """The names of the contacts and tasks that these acts are about, and the stages of their workflows and triggers, by id."""
    by_kind: dict[str, list[str]] = {}
    for act in entries:
        by_kind.setdefault(act.subject_kind, []).append(act.subject_id)
    names: dict[str, str] = {}
    tables = (("contact", Contact, Contact.name), ("task", Task, Task.title), ("trigger", Trigger, Trigger.stage))
    for kind, table, column in (*tables, ("workflow-execution", Execution, Execution.stage)):
        if kind in by_kind:
            query: Any = table.for_tenant(tenant_id, table.id, column).where(table.id.in_(by_kind[kind]))
            names |= dict(query.tuples())
    return names
