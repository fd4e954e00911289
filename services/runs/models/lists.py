"""Pages of long lists that are filtered and sorted in many ways, without an index for each filter with each sort.

How many rows match is known first. Few are looked up by the index of the filters, and sorted; of many, which lie close together,
the index of the order is walked, and holds the filtered columns behind its key, so that it decides without reading the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import peewee

from services.runs.models.table import Table, db
from services.runs.models.words import FOUND, Match
from shared import keyset
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database import is_postgres

FEW = 2_000
"""So many rows are sorted within a few milliseconds; more than these lie so close in a list of 100,000 that a page of them is soon walked to."""

ONE = peewee.SQL("1")


class Filter(NamedTuple):
    """A column and what has to hold for it: `way` is one of peewee's operators. One that `seeks` not is only tested, where
    another filter finds fewer rows and no index holds both."""

    column: Any
    way: str
    told: Any
    seeks: bool = True


def equal(column: Any, told: Any, *, seeks: bool = True) -> Filter:
    """The column has this value."""
    return Filter(column, peewee.OP.EQ, told, seeks)


def one_of(column: Any, told: Sequence[Any]) -> Filter:
    """The column has one of these values."""
    return Filter(column, peewee.OP.IN, tuple(told))


def below(column: Any, told: Any) -> Filter:
    """The column is less than this."""
    return Filter(column, peewee.OP.LT, told)


def at_most(column: Any, told: Any) -> Filter:
    """The column is this or less."""
    return Filter(column, peewee.OP.LTE, told)


def since(column: Any, told: Any) -> Filter:
    """The column is this or more."""
    return Filter(column, peewee.OP.GTE, told)


def sought(one: Filter) -> Any:
    """The condition, for an index to seek by."""
    return peewee.Expression(one.column, one.way, _stored(one)) if one.seeks else tested(one)


def tested(one: Filter) -> Any:
    """The condition, tested on the way along another index. SQLite keeps no statistics here: a plus keeps it from seeking by
    what looks rare; PostgreSQL knows better by itself."""
    column = one.column if is_postgres(db) else peewee.NodeList((peewee.SQL("+"), one.column), glue="")
    return peewee.Expression(column, one.way, _stored(one))


def page(
    model: type[Table],
    scope: Filter,
    filters: Sequence[Filter],
    order: Sequence[tuple[Any, str]],
    *,
    present: Sequence[Any] = (),
    implied: Sequence[Filter] = (),
    match: Match | None = None,
    placed: str | None = None,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A page of the rows of `model` within `scope` for which all `filters` hold, and that `match`, if there is one.

    `placed`, asc or desc, says that `order` is that of the places of the words. `present` are conditions that hold for nearly
    all rows; `implied` are filters that hold wherever `filters` do, and let an index seek by those behind them.
    """
    place: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    if match is not None and match.words and placed and not filters:
        return _read(model, match.page(placed, **place))
    found = _found(model, scope, [*filters, *implied], present, match)
    few = match is not None and match.count <= COUNTED_UP_TO
    total = None if few or not (filters or match) else _count(found, COUNTED_UP_TO)
    if few or (total is not None and total <= FEW):
        columns = (column for column, _ in order)
        return _read(model, keyset.page_of_found(found.select(*columns), order, **place))
    return keyset.page(_walked(model, scope, filters, present, match), order, total=total, **place)


def _read(model: type[Table], found: Page) -> Page:
    """The rows of a page of ids; one that was taken away meanwhile is left out."""
    rows = {row.id: row for row in model.select().where(model.id.in_(found.items))} if found.items else {}
    return replace(found, items=[rows[row_id] for row_id in found.items if row_id in rows])


def chosen(
    model: type[Table],
    scope: Filter,
    leading: Sequence[Filter],
    filters: Sequence[Filter],
    *,
    present: Sequence[Any] = (),
    others: Sequence[Any] = (),
) -> Any:
    """The query for all such rows, to be sorted by an order that has an index: of few they are looked up by the index that begins
    with what is `leading`, of many the index of the order is walked. `others` are conditions that no index knows."""
    tests = [tested(one) for one in filters]
    found = model.select(model.id).where(sought(scope), *present, *map(sought, leading), *tests, *others)
    if _count(found, FEW) > FEW:
        return model.select().where(sought(scope), *present, *map(tested, leading), *tests, *others)
    return model.select().where(model.id.in_(found))


def _found(
    model: type[Table], scope: Filter, filters: Sequence[Filter], present: Sequence[Any], match: Match | None
) -> Any:
    ids = model.select(model.id)
    if match is None:
        return ids.where(sought(scope), *present, *map(sought, filters))
    narrow = sought if filters and match.count > FOUND else tested
    return ids.where(model.id.in_(match.looked_up), *present, *(narrow(one) for one in (scope, *filters)))


def _walked(
    model: type[Table], scope: Filter, filters: Sequence[Filter], present: Sequence[Any], match: Match | None
) -> Any:
    tests = match.tests if match else ()
    return model.select().where(sought(scope), *present, *map(tested, filters), *tests)


def _count(ids: Any, most: int) -> int:
    return int(ids.select(ONE).limit(most + 1).count())


def _stored(one: Filter) -> Any:
    def stored(value: Any) -> Any:
        return peewee.Value(one.column.db_value(value), converter=False)

    return tuple(map(stored, one.told)) if one.way == peewee.OP.IN else stored(one.told)
