"""Writes many rows as fast as a database takes them, which no service ever has to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shared.database.connection import is_postgres
from shared.database.fields import JsonField
from shared.ground.json_types import JsonObject


def load(model: Any, rows: Iterable[JsonObject], common: Mapping[str, Any] | None = None) -> None:
    """Write rows that all have the same columns, in one transaction. `common` are the columns that are alike in all of
    them; what neither has gets its default."""
    fields = model._meta.fields
    alike = model._meta.get_default_dict() | dict(common or {})
    stored = {name: _stored(fields[name])(value) for name, value in alike.items()}
    iterator = iter(rows)
    first = next(iterator)
    own = [(name, _stored(fields[name])) for name in first]
    rest = {name: value for name, value in stored.items() if name not in first}
    columns = [fields[name].column_name for name in (*first, *rest)]
    tail = tuple(rest.values())

    def values() -> Iterable[tuple[Any, ...]]:
        yield (*(convert(first[name]) for name, convert in own), *tail)
        for row in iterator:
            yield (*(convert(row[name]) for name, convert in own), *tail)

    _write(model._meta.database, model._meta.table_name, columns, values())


def _stored(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, JsonField):
        return lambda value: None if value is None else json.dumps(value)
    convert: Callable[[Any], Any] = field.db_value
    return convert


def _write(database: Any, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with database.atomic():
        cursor = database.connection().cursor()
        if not is_postgres(database):
            places = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
            return
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
