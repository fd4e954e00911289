"""Reads one page of a list, by keyset or by offset."""

from __future__ import annotations

import base64
import functools
import json
import operator
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import peewee
from peewee import Field

from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database.fields import UtcDateTime
from shared.ground import clock, strict_json
from shared.ground.errors import Invalid

ONE = peewee.SQL("1")
AT = peewee.BigIntegerField()
"""The type of `at` in a cursor of `page_of_ranges`."""


def page(
    query: Any,
    order: Sequence[tuple[Field, str]],
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    total: int | None = None,
    counted: bool = True,
) -> Page:
    """One page of `query` in `order`, by keyset when there is a cursor.

    `order` ends in a unique column; none of its columns may hold NULL. The total is counted up to COUNTED_UP_TO rows
    and no further, because an exact count makes long lists slow. Pass `total` if it has been counted already, with
    COUNTED_UP_TO + 1 for more; with `counted=False` it is only as many as were read. Invalid when the cursor does not belong to this list.
    """
    if total is None and counted:
        total = _count(query)
    if cursor:
        query = query.where(_after(order, _opened(cursor, order)))
        offset = 0
    rows = list(_sorted(query, order).limit(limit + 1).offset(offset))
    more = len(rows) > limit
    whole = total is not None or not (more or cursor or offset)
    total = offset + len(rows) if total is None else total
    rows = rows[:limit]
    return Page(
        items=rows,
        limit=limit,
        offset=offset,
        total=min(total, COUNTED_UP_TO),
        total_is_exact=whole and total <= COUNTED_UP_TO,
        next=_sealed([getattr(rows[-1], field.name) for field, _ in order]) if more else None,
    )


class IndexRange(NamedTuple):
    """Rows of a list that one index returns in order: those whose first column is at least `low` and below `high`.

    `shift` is added to the first column to compare it with the rows of other ranges.
    """

    query: Any
    shift: int = 0
    low: int | None = None
    high: int | None = None

    def rows(self, order: Sequence[tuple[Field, str]], behind: list[Any] | None = None) -> Any:
        """The rows of this range, or those after the values `behind`, which are as the database stores them.

        It has at most one lower and one upper bound: given two, an engine may use the weaker one for its index.
        """
        (first, way), query, low, high = order[0], self.query, self.low, self.high
        if behind is not None:
            place = [behind[0] - self.shift, *behind[1:]] if self.shift else behind
            if way == "desc" and (high is None or place[0] < high):
                query, high = query.where(rows_behind(order, place)), None
            if way == "asc" and (low is None or place[0] >= low):
                query, low = query.where(rows_behind(order, place)), None
        query = query if low is None else query.where(first >= low)
        return query if high is None else query.where(first < high)


def page_of_ranges(
    ranges_at: Callable[[int], Sequence[IndexRange]],
    order: Sequence[tuple[Field, str]],
    *,
    counted: Sequence[Any],
    at: int = 0,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """Like `page`, for rows that no single index returns in order: each range is read from its own index, as far as the
    page needs.

    All columns of `order` have the same direction. `counted` are queries for the same rows that are fast to count. `at`
    is a number on which the ranges depend, such as the time from which durations of running rows are computed; the
    pages after a cursor keep the number of the first page.
    """
    behind = None
    if cursor:
        *behind, at = _opened(cursor, [*order, (AT, "asc")])
        offset = 0
    ranges = ranges_at(at)
    total = _count_all(counted)
    taken = _merged(ranges, order, behind, limit + 1, offset)
    more, taken = len(taken) > limit, taken[:limit]
    unique = order[-1][0]
    rows = {
        getattr(row, unique.name): row
        for row in unique.model.select().where(unique.in_([place[-1] for place in taken]))
    }
    last = [field.python_value(value) for (field, _), value in zip(order, taken[-1], strict=True)] if taken else []
    return Page(
        items=[rows[place[-1]] for place in taken if place[-1] in rows],
        limit=limit,
        offset=offset,
        total=min(total, COUNTED_UP_TO),
        total_is_exact=total <= COUNTED_UP_TO,
        next=_sealed([*last, at]) if more else None,
    )


def _count_all(queries: Sequence[Any]) -> int:
    """How many rows the queries have together, counted up to COUNTED_UP_TO + 1."""
    rows = [query.order_by().select(ONE.alias("one")) for query in queries]
    few = functools.reduce(operator.add, rows).limit(COUNTED_UP_TO + 1)
    return int(next(iter(peewee.Select([few], [peewee.fn.COUNT(ONE)]).bind(queries[0]._database).tuples()))[0])


def _merged(
    ranges: Sequence[IndexRange], order: Sequence[tuple[Field, str]], values: list[Any] | None, most: int, offset: int
) -> list[tuple[Any, ...]]:
    """The values of `order`, as the database stores them, of the first rows of all ranges together."""
    names = [f"place_{number}" for number in range(len(order))]
    behind = values and [field.db_value(value) for (field, _), value in zip(order, values, strict=True)]
    places = [peewee.SQL(f"{name} {way}") for name, (_, way) in zip(names, order, strict=True)]
    selects = []
    for number, range_ in enumerate(ranges):
        columns = [
            field + range_.shift if range_.shift and not place else field for place, (field, _) in enumerate(order)
        ]
        named = [column.alias(name) for column, name in zip(columns, names, strict=True)]
        query = range_.rows(order, behind).select(*named)
        if any(each.shift for each in ranges):  # no engine knows that a shifted column has the order of its index
            taken = _sorted(query, order).limit(offset + most).alias(f"part_{number}")
            query = peewee.Select([taken], [peewee.SQL("*")])
        selects.append(query)
    merged = functools.reduce(operator.add, selects).order_by(*places).limit(most).offset(offset)
    return list(merged.bind(order[-1][0].model._meta.database).tuples())


def page_of_materialized(
    query: Any,
    order: Sequence[tuple[Field, str]],
    *,
    counted: Any = None,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """Like `page`, for rows that cost more to find than to sort: they are found once and then counted and sorted.

    `query` selects the columns of `order`, which all have the same direction. The items are the values of the last
    column. `counted` is a query for the whole list, if `query` has only the rows that come first in it.
    """
    rows = query.cte("found", materialized=True)
    columns = [(rows.c[field.column_name], way) for field, way in order]
    few = peewee.Select([rows], [ONE]) if counted is None else counted.order_by().select(ONE)
    few = few.limit(COUNTED_UP_TO + 1)
    total = peewee.Select([few], [peewee.fn.COUNT(ONE)])
    page_query = peewee.Select([rows], [*(column for column, _ in columns), total]).with_cte(rows)
    if cursor:
        values = [field.db_value(value) for (field, _), value in zip(order, _opened(cursor, order), strict=True)]
        page_query = page_query.where(rows_behind(columns, values))
    taken = list(
        _sorted(page_query, columns).limit(limit + 1).offset(0 if cursor else offset).bind(query._database).tuples()
    )
    more, taken = len(taken) > limit, taken[:limit]
    last = [field.python_value(value) for (field, _), value in zip(order, taken[-1], strict=False)] if taken else []
    number = taken[0][-1] if taken else _count(query if counted is None else counted)
    return Page(
        items=[row[len(order) - 1] for row in taken],
        limit=limit,
        offset=offset,
        total=min(number, COUNTED_UP_TO),
        total_is_exact=number <= COUNTED_UP_TO,
        next=_sealed(last) if more else None,
    )


def _count(query: Any) -> int:
    return int(query.order_by().select(ONE).limit(COUNTED_UP_TO + 1).count())


def _sorted(query: Any, order: Sequence[tuple[Any, str]]) -> Any:
    return query.order_by(*(column.desc() if way == "desc" else column.asc() for column, way in order))


def _after(order: Sequence[tuple[Field, str]], values: list[Any]) -> Any:
    """The condition for rows after `values`.

    When all columns have the same direction they are compared as one tuple, for which both engines can use an index.
    Otherwise they are compared column by column, with a redundant bound on the first one that lets an index start at
    the right place.
    """
    if len({way for _, way in order}) == 1:
        return rows_behind(order, [field.db_value(value) for (field, _), value in zip(order, values, strict=True)])
    first, way = order[0]
    condition = None
    for depth in range(len(order)):
        field, direction = order[depth]
        step = field < values[depth] if direction == "desc" else field > values[depth]
        for (earlier, _), value in zip(order[:depth], values, strict=False):
            step = (earlier == value) & step
        condition = step if condition is None else condition | step
    return ((first <= values[0]) if way == "desc" else (first >= values[0])) & condition


def rows_behind(order: Sequence[tuple[Any, str]], values: list[Any]) -> Any:
    """The condition for rows after these values, as the database stores them, where all columns have the same
    direction."""
    columns = peewee.Tuple(*(column for column, _ in order))
    place = peewee.Tuple(*(peewee.Value(value, converter=False) for value in values))
    return columns < place if order[0][1] == "desc" else columns > place


def _sealed(values: list[Any]) -> str:
    plain = [
        clock.rfc3339(value) if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def _opened(cursor: str, order: Sequence[tuple[Field, str]]) -> list[Any]:
    try:
        values = strict_json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
        if (
            not isinstance(values, list)
            or len(values) != len(order)
            or any(isinstance(value, dict | list) for value in values)
        ):
            raise ValueError("not a cursor of this list")
        return [_typed(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, Invalid) as error:
        raise Invalid(
            "The cursor is not one of this list's.",
            errors={"cursor": ["Not a cursor of this list; begin without one."]},
        ) from error


def _typed(field: Field, value: Any) -> Any:
    """The value of a cursor in the type of its column. ValueError when it is not of that type."""
    if isinstance(field, UtcDateTime):
        return clock.parse(value)
    if isinstance(field, peewee.IntegerField | peewee.BigIntegerField | peewee.BooleanField):
        if not isinstance(value, int) or abs(value) >= 2**63:
            raise ValueError("not a number")
        return value
    if isinstance(field, peewee.FloatField):
        if not isinstance(value, int | float):
            raise ValueError("not a number")
        return float(value)
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
