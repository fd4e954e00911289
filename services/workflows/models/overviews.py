"""Counts what people have before them: tasks by their day and renewals by their stage; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import peewee
from peewee import fn

from services.workflows.models.customer_tables import Customer
from services.workflows.models.tables import TO_DO, Task

LATER = ""
"""The stage of a renewal that is in none of the bands."""


@dataclass(frozen=True)
class TaskCounts:
    """How many tasks one person has to do, and how many of them are overdue, due today, and due later this week."""

    owner: str | None
    open: int
    overdue: int
    today: int
    week: int


@dataclass(frozen=True)
class RenewalCounts:
    """The renewals of one owner, stage and currency: how many customers, their ARR in hundredths, and both for those at
    risk."""

    owner: str | None
    stage: str
    currency: str
    customers: int
    hundredths: int
    at_risk: int
    hundredths_at_risk: int


def tasks(tenant_id: str, owner: str | None, *, today: date, week_end: date) -> list[TaskCounts]:
    """The tasks that people have to do, by owner; with an owner, that person's only."""
    parts = (
        _count(Task.due_order < today),
        _count(Task.due_order == today),
        _count((Task.due_order > today) & (Task.due_order <= week_end)),
    )
    if owner is not None:
        # Not grouped: for a group, SQLite reads the tasks of everybody.
        query: Any = Task.for_tenant(tenant_id, fn.MIN(Task.owner), fn.COUNT(Task.id), *parts)
        rows = query.where(TO_DO, Task.owner == owner).tuples()
        return [TaskCounts(who, *map(int, counts)) for who, *counts in rows if counts[0]]
    # Most are due later, and what is only counted costs a third of what is compared with three days.
    every: Any = Task.for_tenant(tenant_id, Task.owner, fn.COUNT(Task.id)).where(TO_DO).group_by(Task.owner)
    # Grouped by what no index has, so that SQLite reads the tasks of these days alone.
    named = fn.COALESCE(Task.owner, "")
    soon: Any = (
        Task.for_tenant(tenant_id, named, *parts).where(TO_DO, Task.due_order <= week_end).group_by(peewee.SQL("1"))
    )
    by_day = {who: map(int, counts) for who, *counts in soon.tuples()}
    return [TaskCounts(who, int(count), *by_day.get(who or "", (0, 0, 0))) for who, count in every.tuples()]


def renewals(
    tenant_id: str, owner: str | None, bands: Mapping[str, tuple[date, date]], *, first: date, last: date
) -> list[RenewalCounts]:
    """The renewals from the first to the last day, by owner, currency and the band of days that they are in: `bands` are
    the first and last day of each stage."""
    stage = peewee.Case(None, [(Customer.renewal_order.between(*days), key) for key, days in bands.items()], LATER)
    query: Any = Customer.for_tenant(
        tenant_id,
        Customer.owner,
        stage,
        Customer.currency,
        fn.COUNT(Customer.id),
        fn.SUM(Customer.arr_hundredths),
        _count(Customer.at_risk),
        fn.SUM(peewee.Case(None, [(Customer.at_risk, Customer.arr_hundredths)], 0)),
    ).where(Customer.renewal_order.between(first, last))
    if owner is not None:
        query = query.where(Customer.owner == owner)
    rows: Sequence[Any] = query.group_by(Customer.owner, peewee.SQL("2"), Customer.currency).tuples()
    return [
        RenewalCounts(who, key, currency, *(int(count) for count in counts)) for who, key, currency, *counts in rows
    ]


def _count(condition: Any) -> Any:
    return fn.SUM(peewee.Case(None, [(condition, 1)], 0))
