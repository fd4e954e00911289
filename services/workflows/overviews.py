"""Looks ahead for a person or a team: tasks by their day, and the renewals of the next days by stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from services.workflows import models, stages
from services.workflows.models import replicas
from services.workflows.models.overviews import RenewalCounts, TaskCounts
from shared.ground.local_days import local_date
from shared.ground.principal import Principal

LATE_SHOWN = 365
"""Renewals that are overdue for longer are not looked at."""

CENTS = Decimal(100)


@dataclass
class Amount:
    """The renewals of one currency: how many customers, their ARR, and both for those at risk."""

    currency: str
    customers: int = 0
    arr: Decimal = Decimal(0)
    at_risk: int = 0
    arr_at_risk: Decimal = Decimal(0)

    def add(self, counts: RenewalCounts) -> None:
        """Count these renewals too."""
        self.customers += counts.customers
        self.arr += counts.hundredths / CENTS
        self.at_risk += counts.at_risk
        self.arr_at_risk += counts.hundredths_at_risk / CENTS


@dataclass
class Band:
    """The renewals of one stage, by currency."""

    stage: str
    name: str
    amounts: list[Amount]


@dataclass
class Ahead:
    """What one person has before them."""

    owner: str | None
    tasks: TaskCounts
    amounts: list[Amount] = field(default_factory=list)


@dataclass
class Overview:
    """What a person or a team has before them on a day."""

    today: date
    days: int
    tasks: TaskCounts
    renewals: list[Band]
    people: list[Ahead]


def overview(by: Principal, owner: str | None, days: int, *, now: datetime) -> Overview:
    """The tasks to do, and the renewals of the next days and those overdue, of one person or of all; `people` has a line
    for each who has any. Days are those of the tenant."""
    today = local_date(now, replicas.tenants.region(by.tenant_id).time_zone)
    tasks = models.overviews.tasks(by.tenant_id, owner, today=today, week_end=week_end(today))
    first, last = today - timedelta(days=LATE_SHOWN), today + timedelta(days=days)
    renewals = models.overviews.renewals(by.tenant_id, owner, _bands(today, first, last), first=first, last=last)
    return Overview(today, days, _together(tasks), _by_stage(renewals), _by_person(tasks, renewals))


def week_end(day: date) -> date:
    """The Sunday of a day's week."""
    return day + timedelta(days=6 - day.weekday())


def _bands(today: date, first: date, last: date) -> dict[str, tuple[date, date]]:
    """The first and last renewal day of each stage, as seen from today."""
    bands = {}
    for stage in stages.STAGES:
        low = first if stage.min_days is None else max(first, today + timedelta(days=stage.min_days))
        high = last if stage.max_days is None else min(last, today + timedelta(days=stage.max_days))
        if low <= high:
            bands[stage.key] = (low, high)
    return bands


def _by_stage(renewals: Iterable[RenewalCounts]) -> list[Band]:
    """The renewals by stage, the most urgent first."""
    rows = list(renewals)
    return [
        Band(stage.key, stage.name, _amounts(row for row in rows if row.stage == stage.key))
        for stage in reversed(stages.STAGES)
        if any(row.stage == stage.key for row in rows)
    ]


def _by_person(tasks: list[TaskCounts], renewals: list[RenewalCounts]) -> list[Ahead]:
    counts = {row.owner: row for row in tasks}
    owners = dict.fromkeys([*counts, *(row.owner for row in renewals)])
    people = [
        Ahead(
            owner,
            counts.get(owner, TaskCounts(owner, 0, 0, 0, 0)),
            _amounts(row for row in renewals if row.owner == owner),
        )
        for owner in owners
    ]
    return sorted(people, key=lambda ahead: (-ahead.tasks.overdue, -ahead.tasks.open, ahead.owner or ""))


def _amounts(rows: Iterable[RenewalCounts]) -> list[Amount]:
    amounts: dict[str, Amount] = {}
    for row in rows:
        amounts.setdefault(row.currency, Amount(row.currency)).add(row)
    return sorted(amounts.values(), key=lambda amount: (-amount.arr, amount.currency))


def _together(tasks: list[TaskCounts]) -> TaskCounts:
    return TaskCounts(
        None,
        *(sum(getattr(row, name) for row in tasks) for name in ("open", "overdue", "today", "week")),
    )
