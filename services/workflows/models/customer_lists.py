"""Lists of customers: filtered and sorted by every column, and their value by currency; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

import peewee
from peewee import fn

from services.workflows.models.customer_tables import NO_RENEWAL_DATE, Contract, Customer
from services.workflows.models.customers import SEARCHED
from services.workflows.models.database import words
from services.workflows.models.fact_tables import CustomerHold
from services.workflows.models.replicas import Person
from services.workflows.models.tables import CUSTOMER, TO_DO_WHOLE, Task
from shared.contracts.paging import Page
from shared.database import pagination
from shared.search import lists
from shared.search.matching import Match

NOBODY = "none"
"""As an owner: customers whom nobody owns. As a stage: those without a renewal date."""

COLUMN_OF = {
    "name": Customer.name_key,
    "arr": Customer.arr_hundredths,
    "renewal": Customer.renewal_order,
    "health": Customer.health_order,
    "likelihood": Customer.likelihood_order,
    "lastTouch": Customer.last_touch_order,
}
"""The column, with an index, by which each order sorts."""

PLACES: dict[str, Any] = {
    "owner": peewee.TextField(column_name="place"),
    "openTasks": peewee.BigIntegerField(column_name="place"),
}
"""The type of what is found for each customer before it is sorted by it: the owner's name, the number of open tasks."""

SORTS = tuple(f"{way}{name}" for name in (*COLUMN_OF, *PLACES) for way in ("", "-"))


@dataclass(frozen=True)
class Today:
    """The day that it is for some customers of a tenant: those in these time zones, and with `or_none` those without
    one. Without `zones` it is the day of all."""

    day: date
    zones: tuple[str, ...] | None = None
    or_none: bool = True

    def of_these(self, condition: Any) -> Any:
        """The condition, for the customers of this day only."""
        if self.zones is None:
            return condition
        here = Customer.time_zone.in_(self.zones)
        return ((here | Customer.time_zone.is_null()) if self.or_none else here) & condition


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of customers is narrowed to. `stage_days` are the least and the most days to the renewal, both
    included; `todays` is the day at each of the tenant's customers."""

    q: str | None = None
    owner: str | None = None
    renewal_from: date | None = None
    renewal_to: date | None = None
    stage_days: tuple[int | None, int | None] | None = None
    undated: bool = False
    at_risk: bool | None = None
    hold: bool | None = None
    no_contract: bool | None = None
    currency: str | None = None
    tier: str | None = None
    todays: Sequence[Today] = ()


def listed(
    tenant_id: str, wanted: Wanted, sort: str, *, limit: int, offset: int = 0, cursor: str | None = None
) -> Page:
    """A page of the customers that are wanted, in one of the orders of SORTS."""
    filters, others = _conditions(tenant_id, wanted)
    match = words.match(SEARCHED[Customer][0], tenant_id, wanted.q, Customer.id)
    place: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    name, way = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    if name in PLACES:
        return _by_place(tenant_id, name, way, [*map(lists.sought, filters), *others, *_matched(match)], place)
    order = [(COLUMN_OF[name], way), (Customer.id, way)]
    return lists.page(Customer, tenant_id, filters, order, present=others, match=match, **place)


def totals(tenant_id: str, wanted: Wanted) -> list[tuple[str, int, int]]:
    """(currency, customers, their ARR in hundredths) of the customers that are wanted, by currency."""
    filters, others = _conditions(tenant_id, wanted)
    match = words.match(SEARCHED[Customer][0], tenant_id, wanted.q, Customer.id)
    columns = Customer.currency, fn.COUNT(Customer.id), fn.SUM(Customer.arr_hundredths)
    query: Any = Customer.for_tenant(tenant_id, *columns).where(*map(lists.sought, filters), *others, *_matched(match))
    rows = query.group_by(Customer.currency).order_by(Customer.currency).tuples()
    return [(currency, int(count), int(hundredths)) for currency, count, hundredths in rows]


def by_stage(
    tenant_id: str, wanted: Wanted, bands: Mapping[str, tuple[int | None, int | None]]
) -> list[tuple[str, str, int, int]]:
    """(stage, currency, customers, their ARR in hundredths) of the customers that are wanted. `bands` are the least and the
    most days to the renewal of each stage; the stage of those without a renewal date is NOBODY."""
    filters, others = _conditions(tenant_id, wanted)
    match = words.match(SEARCHED[Customer][0], tenant_id, wanted.q, Customer.id)
    whens = [
        (today.of_these(_renews_within(today.day, *days)), key)
        for today in wanted.todays
        for key, days in bands.items()
    ]
    columns = (
        peewee.Case(None, whens, NOBODY),
        Customer.currency,
        fn.COUNT(Customer.id),
        fn.SUM(Customer.arr_hundredths),
    )
    query: Any = Customer.for_tenant(tenant_id, *columns).where(*map(lists.sought, filters), *others, *_matched(match))
    rows = query.group_by(peewee.SQL("1"), Customer.currency).order_by(Customer.currency).tuples()
    return [(stage, currency, int(count), int(hundredths)) for stage, currency, count, hundredths in rows]


def time_zones(tenant_id: str) -> list[str]:
    """The time zones that the tenant's customers have."""
    query = Customer.for_tenant(tenant_id, Customer.time_zone).where(Customer.time_zone.is_null(False)).distinct()
    return [row.time_zone for row in query if row.time_zone]


def open_tasks_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, int]:
    """How many tasks people have to do for each of these customers that has any."""
    query: Any = _open_tasks(tenant_id).where(Task.subject_id.in_(list(customer_ids)))
    return {customer_id: int(count) for customer_id, count in query.tuples()}


def _open_tasks(tenant_id: str) -> Any:
    return (
        Task.for_tenant(tenant_id, Task.subject_id, fn.COUNT(Task.subject_id).alias("open_tasks"))
        .where(Task.subject_kind == CUSTOMER, TO_DO_WHOLE)
        .group_by(Task.subject_id)
    )


def _are_few(tenant_id: str, conditions: Sequence[Any]) -> bool:
    """Whether so few customers are wanted that something is sooner found for each of them than for all at once."""
    wanted: Any = Customer.for_tenant(tenant_id, lists.ONE).where(*conditions).limit(lists.FEW + 1)
    return bool(wanted.count() <= lists.FEW)


def _by_place(tenant_id: str, name: str, way: str, conditions: Sequence[Any], place: dict[str, Any]) -> Page:
    """A page in an order that no index has: the place of every customer that is wanted is found, and then sorted."""
    order = [(PLACES[name], way), (Customer.id, way)]
    if name == "owner":
        page = pagination.page_of_materialized(_with_owners(tenant_id).where(*conditions), order, **place)
    elif conditions and _are_few(tenant_id, conditions):
        page = pagination.page_of_materialized(_each_with_open_tasks(tenant_id).where(*conditions), order, **place)
    else:
        page = _by_open_tasks(tenant_id, order, conditions, place)
    return lists.read(Customer, tenant_id, page)


def _by_open_tasks(
    tenant_id: str, order: Sequence[tuple[Any, str]], conditions: Sequence[Any], place: Mapping[str, Any]
) -> Page:
    """A page of many customers by their open tasks. Those with most are found without those that have none, who are read
    only where the page reaches them."""
    everybody = Customer.for_tenant(tenant_id, Customer.id).where(*conditions)
    if order[0][1] == "desc":
        busy = _all_with_open_tasks(tenant_id, peewee.JOIN.INNER).where(*conditions)
        page = pagination.page_of_materialized(busy, order, counted=everybody, **place)
        if page.next:
            return page
    found = _all_with_open_tasks(tenant_id, peewee.JOIN.LEFT_OUTER).where(*conditions)
    return pagination.page_of_materialized(found, order, **place)


def _with_owners(tenant_id: str) -> Any:
    """The customers with the names of their owners."""
    here = (Person.id == Customer.owner) & (Person.tenant_id == tenant_id)
    found = Customer.for_tenant(tenant_id, fn.COALESCE(fn.LOWER(Person.name), "").alias("place"), Customer.id)
    return found.join(Person, peewee.JOIN.LEFT_OUTER, on=here)


def _each_with_open_tasks(tenant_id: str) -> Any:
    """The customers with the number of their open tasks, counted for each: sooner done for a few."""
    own = Task.for_tenant(tenant_id, fn.COUNT(Task.subject_id)).where(
        Task.subject_kind == CUSTOMER, Task.subject_id == Customer.id, TO_DO_WHOLE
    )
    return Customer.for_tenant(tenant_id, own.alias("place"), Customer.id)


def _all_with_open_tasks(tenant_id: str, join: str) -> Any:
    """The customers with the number of their open tasks, counted for all at once."""
    counts = _open_tasks(tenant_id).alias("counts")
    found = Customer.for_tenant(tenant_id, fn.COALESCE(counts.c.open_tasks, 0).alias("place"), Customer.id)
    return found.join(counts, join, on=(counts.c.subject_id == Customer.id))


def _matched(match: Match | None) -> list[Any]:
    return [] if match is None else [Customer.id.in_(match.ids)]


def _conditions(tenant_id: str, wanted: Wanted) -> tuple[list[lists.Filter], list[Any]]:
    """The filters that have an index, and the conditions that are tested on each row."""
    equal: dict[str, Any] = {
        "owner": wanted.owner if wanted.owner != NOBODY else None,
        "at_risk": wanted.at_risk,
        "currency": wanted.currency,
        "tier": wanted.tier,
    }
    filters = [lists.equal(getattr(Customer, name), value) for name, value in equal.items() if value is not None]
    first, last = _first_and_last(wanted)
    if first is not None:
        filters.append(lists.since(Customer.renewal_order, first))
    if last is not None:
        filters.append(lists.at_most(Customer.renewal_order, last))
    return filters, _tests(tenant_id, wanted)


def _first_and_last(wanted: Wanted) -> tuple[date | None, date | None]:
    """The renewal dates between which all wanted customers are."""
    firsts, lasts = [wanted.renewal_from], [wanted.renewal_to]
    if wanted.stage_days is not None:
        days = [today.day for today in wanted.todays]
        least, most = wanted.stage_days
        firsts.append(None if least is None else min(days) + timedelta(least))
        lasts.append(LAST_RENEWAL if most is None else max(days) + timedelta(most))
    if wanted.undated:
        firsts.append(NO_RENEWAL_DATE)
    return max(filter(None, firsts), default=None), min(filter(None, lasts), default=None)


LAST_RENEWAL = NO_RENEWAL_DATE - timedelta(days=1)


def _tests(tenant_id: str, wanted: Wanted) -> list[Any]:
    tests: list[Any] = [Customer.owner.is_null()] if wanted.owner == NOBODY else []
    if wanted.stage_days is not None and len(wanted.todays) > 1:
        bands = [today.of_these(_renews_within(today.day, *wanted.stage_days)) for today in wanted.todays]
        tests.append(reduce(or_, bands))
    if wanted.hold is not None:
        held = reduce(or_, [today.of_these(_on_hold(tenant_id, today.day)) for today in wanted.todays])
        tests.append(held if wanted.hold else ~held)
    if wanted.no_contract is not None:
        contracts = Contract.for_tenant(tenant_id, Contract.id).where(Contract.customer_id == Customer.id)
        tests.append(~fn.EXISTS(contracts) if wanted.no_contract else fn.EXISTS(contracts))
    return tests


def _renews_within(day: date, least: int | None, most: int | None) -> Any:
    last = LAST_RENEWAL if most is None else day + timedelta(most)
    until = Customer.renewal_order <= last
    return until if least is None else until & (Customer.renewal_order >= day + timedelta(least))


def _on_hold(tenant_id: str, day: date) -> Any:
    standing = CustomerHold.for_tenant(tenant_id, CustomerHold.customer_id).where(
        CustomerHold.lifted_at.is_null(),
        CustomerHold.from_on <= day,
        CustomerHold.until_on.is_null() | (CustomerHold.until_on >= day),
    )
    return Customer.id.in_(standing)
