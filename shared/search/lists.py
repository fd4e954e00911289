"""Reads pages of long lists that are filtered and sorted in many ways, without an index for each filter with each sort.

The matching rows are counted first. If they are few, they are looked up by the index of the filters and sorted. If they
are many, the index of the order is walked; it contains the filtered columns after its key, so that rows are tested
without being read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import peewee

from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database import pagination
from shared.database.connection import is_postgres
from shared.database.model import Row, with_columns
from shared.search.matching import FEW_SUBJECTS, Match, WordMatch

FEW = 2_000
"""Up to this many matches, with a search up to COUNTED_UP_TO, are fetched and sorted. With more, the index of the order
is walked and each row tested."""

ONE = peewee.SQL("1")


class Filter(NamedTuple):
    """A condition on a column: `way` is one of peewee's operators. With `seeks=False` it is tested on each row, and no index is
    picked for it."""

    column: Any
    way: str
    value: Any
    seeks: bool = True


def equal(column: Any, value: Any, *, seeks: bool = True) -> Filter:
    """The column has this value."""
    return Filter(column, peewee.OP.EQ, value, seeks)


def one_of(column: Any, values: Sequence[Any]) -> Filter:
    """The column has one of these values."""
    return Filter(column, peewee.OP.IN, tuple(values))


def below(column: Any, value: Any) -> Filter:
    """The column is less than this."""
    return Filter(column, peewee.OP.LT, value)


def at_most(column: Any, value: Any) -> Filter:
    """The column is this or less."""
    return Filter(column, peewee.OP.LTE, value)


def since(column: Any, value: Any) -> Filter:
    """The column is this or more."""
    return Filter(column, peewee.OP.GTE, value)


def sought(filter_: Filter) -> Any:
    """The condition, for an index to seek by."""
    return peewee.Expression(filter_.column, filter_.way, _stored(filter_)) if filter_.seeks else tested(filter_)


def tested(filter_: Filter) -> Any:
    """The condition, tested on each row while another index is walked. SQLite keeps no statistics here, so a plus keeps
    it from using the column's own index; PostgreSQL chooses well by itself."""
    column = filter_.column
    if not is_postgres(column.model._meta.database):
        column = peewee.NodeList((peewee.SQL("+"), column), glue="")
    return peewee.Expression(column, filter_.way, _stored(filter_))


def page(
    model: type[Row],
    tenant_id: str,
    filters: Sequence[Filter],
    order: Sequence[tuple[Any, str]],
    *,
    present: Sequence[Any] = (),
    implied: Sequence[Filter] = (),
    match: Match | None = None,
    placed: str | None = None,
    indexed: bool = False,
    columns: Sequence[Any] = (),
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A page of the tenant's rows of `model` that satisfy all `filters`, and `match` if it is given.

    `placed` (asc or desc) says that `order` is that of the places of the words. `present` are conditions that nearly
    all rows satisfy; `implied` are filters that follow from `filters` and let an index seek by the columns after them.
    `indexed` says that each filter has its own index in this order; then nothing is counted first without a `match`.
    `columns` are those that are read, all by default.
    """
    place: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    if isinstance(match, WordMatch) and placed and not filters:
        return read(model, tenant_id, match.page(placed, **place), columns)
    if match is None and indexed:
        rows = model.for_tenant(tenant_id, *columns).where(*map(sought, filters))
        return pagination.page(rows, order, **place)
    matching = _matching(model, tenant_id, [*filters, *implied], present, match)
    few = match is not None and match.count <= COUNTED_UP_TO
    if match is not None and not few and not filters:
        walked = model.for_tenant(tenant_id, *columns).where(*present, *match.tests)
        return pagination.page(walked, order, counted=False, **place)
    total = None if few or not (filters or match) else _count(matching, COUNTED_UP_TO)
    if few or (total is not None and total <= FEW):
        places = with_columns(matching, *(column for column, _ in order))
        return read(model, tenant_id, pagination.page_of_materialized(places, order, **place), columns)
    tests = match.tests if match else ()
    walked = model.for_tenant(tenant_id, *columns).where(*present, *map(tested, filters), *tests)
    return pagination.page(walked, order, total=total, **place)


def read(model: type[Row], tenant_id: str, page: Page, columns: Sequence[Any] = ()) -> Page:
    """The rows of a page of ids, with these columns, all by default; deleted ones are left out."""
    query = model.for_tenant(tenant_id, *columns, seek=False).where(model.id.in_(page.items))
    rows = {row.id: row for row in query} if page.items else {}
    return replace(page, items=[rows[row_id] for row_id in page.items if row_id in rows])


def chosen(
    model: type[Row],
    tenant_id: str,
    leading: Sequence[Filter],
    filters: Sequence[Filter],
    *,
    present: Sequence[Any] = (),
    others: Sequence[Any] = (),
) -> Any:
    """The query for these rows of the tenant, for an order that has an index. Few rows are looked up by the index that
    begins with `leading`; for many, the index of the order is walked. `others` are conditions that no index has."""
    tests = [tested(filter_) for filter_ in filters]
    matching = model.for_tenant(tenant_id, model.id).where(*present, *map(sought, leading), *tests, *others)
    if _count(matching, FEW) > FEW:
        return model.for_tenant(tenant_id).where(*present, *map(tested, leading), *tests, *others)
    return model.for_tenant(tenant_id, seek=False).where(model.id.in_(matching))


def _matching(
    model: type[Row], tenant_id: str, filters: Sequence[Filter], present: Sequence[Any], match: Match | None
) -> Any:
    seek = match is None or (bool(filters) and match.count > FEW_SUBJECTS)
    ids = model.for_tenant(tenant_id, model.id, seek=seek).where(*present, *map(sought if seek else tested, filters))
    return ids if match is None else ids.where(model.id.in_(match.ids))


def _count(ids: Any, most: int) -> int:
    return int(with_columns(ids, ONE).limit(most + 1).count())


def _stored(filter_: Filter) -> Any:
    def stored(value: Any) -> Any:
        return peewee.Value(filter_.column.db_value(value), converter=False)

    return tuple(map(stored, filter_.value)) if filter_.way == peewee.OP.IN else stored(filter_.value)
