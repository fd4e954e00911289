"""One page of a list, found by keyset or by offset."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import peewee
from peewee import Field

from shared import clock
from shared.columns import UtcDateTime
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.errors import Invalid

ONE = peewee.SQL("1")


def page(
    query: Any,
    order: Sequence[tuple[Field, str]],
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    total: int | None = None,
) -> Page:
    """One page of `query` in `order`, by keyset when there is a cursor.

    `order` ends in a unique column; no column of it may hold NULL. The total is counted up to COUNTED_UP_TO rows and no further,
    because an exact count is what every slow list of this kind dies of; `total` where that has been done already, COUNTED_UP_TO + 1
    for more. Invalid when the cursor is not one of ours.
    """
    if total is None:
        total = _count(query)
    if cursor:
        query = query.where(_after(order, _opened(cursor, order)))
        offset = 0
    rows = list(_sorted(query, order).limit(limit + 1).offset(offset))
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(
        items=rows,
        limit=limit,
        offset=offset,
        total=min(total, COUNTED_UP_TO),
        total_is_exact=total <= COUNTED_UP_TO,
        next=_sealed([getattr(rows[-1], field.name) for field, _ in order]) if more else None,
    )


def page_of_found(
    found: Any, order: Sequence[tuple[Field, str]], *, limit: int, offset: int = 0, cursor: str | None = None
) -> Page:
    """As `page`, of rows that cost more to find than to sort: they are found once, and then counted and sorted.

    `found` selects the columns of `order`, which all go the same way. The items are the values of the last of them.
    """
    rows = found.cte("found", materialized=True)
    columns = [(rows.c[field.column_name], way) for field, way in order]
    few = peewee.Select([rows], [ONE]).limit(COUNTED_UP_TO + 1)
    total = peewee.Select([few], [peewee.fn.COUNT(ONE)])
    query = peewee.Select([rows], [*(column for column, _ in columns), total]).with_cte(rows)
    if cursor:
        values = [field.db_value(value) for (field, _), value in zip(order, _opened(cursor, order), strict=True)]
        query = query.where(rows_behind(columns, values))
    taken = list(
        _sorted(query, columns).limit(limit + 1).offset(0 if cursor else offset).bind(found._database).tuples()
    )
    more, taken = len(taken) > limit, taken[:limit]
    last = [field.python_value(value) for (field, _), value in zip(order, taken[-1], strict=False)] if taken else []
    counted = taken[0][-1] if taken else _count(found)
    return Page(
        items=[row[len(order) - 1] for row in taken],
        limit=limit,
        offset=offset,
        total=min(counted, COUNTED_UP_TO),
        total_is_exact=counted <= COUNTED_UP_TO,
        next=_sealed(last) if more else None,
    )


def nothing(*, limit: int, offset: int = 0) -> Page:
    """A page of a list that has no rows."""
    return Page(items=[], limit=limit, offset=offset, total=0, total_is_exact=True, next=None)


def _count(query: Any) -> int:
    return int(query.order_by().select(ONE).limit(COUNTED_UP_TO + 1).count())


def _sorted(query: Any, order: Sequence[tuple[Any, str]]) -> Any:
    return query.order_by(*(column.desc() if way == "desc" else column.asc() for column, way in order))


def _after(order: Sequence[tuple[Field, str]], values: list[Any]) -> Any:
    """Rows behind `values`: compared as one row where all columns go the same way, which both engines seek in an index.

    Otherwise column by column, with a bound on the first one that is redundant and lets an index start in the right place.
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
    """Rows behind these values as the database holds them, where all columns go the same way."""
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
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if (
            not isinstance(values, list)
            or len(values) != len(order)
            or any(isinstance(value, dict | list) for value in values)
        ):
            raise ValueError("not a cursor of this list")
        return [_typed(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid(
            "The cursor is not one of this list's.",
            errors={"cursor": ["Not a cursor of this list; begin without one."]},
        ) from error


def _typed(field: Field, value: Any) -> Any:
    """The value of a cursor in its column's own type; ValueError when it is not of that type."""
    if isinstance(field, UtcDateTime):
        return clock.parse(value)
    if isinstance(field, peewee.IntegerField | peewee.BigIntegerField | peewee.BooleanField):
        if not isinstance(value, int) or abs(value) >= 2**63:
            raise ValueError("not a number")
        return value
    if isinstance(field, peewee.FloatField):
        return float(value)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    return value
