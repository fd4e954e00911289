"""Statements written out, for the paths that everything takes: building one from its parts costs more than running it.

`?` stands for a parameter on both engines; every value is a parameter, converted as its column wants it. Texts are put together
once a table and set of columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from shared.columns import JsonField
from shared.database import is_postgres


def execute(database: Any, sql: str, parameters: Sequence[Any]) -> Any:
    """Run it; the cursor, with its `rowcount` and its rows."""
    return database.execute_sql(sql.replace("?", "%s") if is_postgres(database) else sql, tuple(parameters))


def insert(model: Any, values: Mapping[str, Any]) -> None:
    """Insert a row. IntegrityError when a unique key has it already."""
    database = model._meta.database
    execute(database, _insertion(model, tuple(values), is_postgres(database)), _parameters(model, values))


def insert_if_new(model: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row. False when a unique key has it already, and nothing is written."""
    database = model._meta.database
    sql = f"{_insertion(model, tuple(values), is_postgres(database))} ON CONFLICT DO NOTHING"
    return bool(execute(database, sql, _parameters(model, values)).rowcount)


def upsert(model: Any, key: str, values: Mapping[str, Any]) -> None:
    """Insert a row, or write all of `values` over the one that has this key."""
    database = model._meta.database
    names = tuple(values)
    over = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != key)
    sql = f'{_insertion(model, names, is_postgres(database))} ON CONFLICT ("{key}") DO UPDATE SET {over}'
    execute(database, sql, _parameters(model, values))


def find(model: Any, key: Mapping[str, Any], *, hold: bool = False) -> Any | None:
    """The row that has these values, whole; None when there is none. With `hold` nobody else changes it until the transaction
    ends: SQLite has one writer anyway."""
    postgres = is_postgres(model._meta.database)
    where = " AND ".join(f'"{name}" = {"%s" if postgres else "?"}' for name in key)
    lock = " FOR UPDATE" if hold and postgres else ""
    found = model.raw(f'SELECT * FROM "{model._meta.table_name}" WHERE {where}{lock}', *key.values())  # noqa: S608
    return next(iter(list(found)), None)


def assignments(model: Any, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """`a = ?, b = ?` and its parameters, for the SET of an UPDATE."""
    told = _assigned(model, tuple(values), is_postgres(model._meta.database))
    return told, _parameters(model, values)


@lru_cache(maxsize=512)
def rows_of(count: int, width: int) -> str:
    """`(?, ?), (?, ?)`: so many rows of so many parameters, for the VALUES of an INSERT."""
    return ", ".join([f"({', '.join(['?'] * width)})"] * count)


@lru_cache(maxsize=256)
def _insertion(model: Any, names: tuple[str, ...], postgres: bool) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(_place(model, name, postgres) for name in names)
    return f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({places})'  # noqa: S608 - our own words alone


@lru_cache(maxsize=256)
def _assigned(model: Any, names: tuple[str, ...], postgres: bool) -> str:
    return ", ".join(f'"{name}" = {_place(model, name, postgres)}' for name in names)


def _place(model: Any, name: str, postgres: bool) -> str:
    """SQLite takes JSON as text, and minifies it as every other writer of these columns does; json(NULL) is NULL."""
    return "json(?)" if not postgres and isinstance(model._meta.fields[name], JsonField) else "?"


def _parameters(model: Any, values: Mapping[str, Any]) -> list[Any]:
    fields, postgres = model._meta.fields, is_postgres(model._meta.database)
    return [_parameter(fields[name], value, postgres) for name, value in values.items()]


def _parameter(field: Any, value: Any, postgres: bool) -> Any:
    if value is not None and not postgres and isinstance(field, JsonField):
        return json.dumps(value)
    return field.db_value(value)
