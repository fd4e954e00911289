"""SQL written out for the hot paths: building a statement with peewee costs more than running it.

`?` is a parameter on both engines. Every value is a parameter; one that is written is converted by its column. The text
of an INSERT is built once for each table and set of columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import peewee

from shared.database.connection import is_postgres
from shared.database.fields import JsonField

ROWS_AT_ONCE = 50
"""Rows in one INSERT, so that their parameters are fewer than SQLite takes in a statement."""


def across_tenants(sql: str) -> str:
    """Marks a text of SQL that runs across tenants; a comment at the call says why."""
    return sql


def execute(database: Any, sql: str, parameters: Sequence[Any]) -> Any:
    """Run the statement. Returns the cursor, with its `rowcount` and rows."""
    return database.execute_sql(sql.replace("?", "%s") if is_postgres(database) else sql, tuple(parameters))


def insert(model: Any, values: Mapping[str, Any]) -> None:
    """Insert a row. IntegrityError when its key exists already."""
    database = model._meta.database
    execute(database, _insertion(model, tuple(values), is_postgres(database)), _parameters(model, values))


def insert_if_new(model: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row. Returns False, and writes nothing, when its key exists already."""
    database = model._meta.database
    sql = f"{_insertion(model, tuple(values), is_postgres(database))} ON CONFLICT DO NOTHING"
    return bool(execute(database, sql, _parameters(model, values)).rowcount)


def upsert(model: Any, key: str, values: Mapping[str, Any]) -> None:
    """Insert a row, or overwrite the row of this key with all of `values`."""
    database = model._meta.database
    names = tuple(values)
    over = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != key)
    sql = f'{_insertion(model, names, is_postgres(database))} ON CONFLICT ("{key}") DO UPDATE SET {over}'
    execute(database, sql, _parameters(model, values))


def get_or_none(model: Any, key: Mapping[str, Any], *, for_update: bool = False, kept: bool = False) -> Any | None:
    """The row with these values, or None. Until the transaction ends it is locked with `for_update`, and with `kept`
    it is not deleted; SQLite has one writer anyway."""
    where = " AND ".join(f'"{name}" = ?' for name in key)
    lock = " FOR UPDATE" if for_update else " FOR KEY SHARE" if kept else ""
    lock = lock if is_postgres(model._meta.database) else ""
    rows = load(model, f'SELECT * FROM "{model._meta.table_name}" WHERE {where}{lock}', tuple(key.values()))  # noqa: S608
    return next(iter(rows), None)


def load(model: Any, sql: str, parameters: Sequence[Any]) -> list[Any]:
    """The rows of a statement that returns all columns of this model, as instances."""
    cursor = execute(model._meta.database, sql, parameters)
    columns = _conversions(model, tuple(column[0] for column in cursor.description))
    return [_instance(model, columns, row) for row in cursor.fetchall()]


def load_by_ids(model: Any, key: str, ids: Sequence[str]) -> list[Any]:
    """The rows of a model whose column `key` is one of `ids`, as instances, in no order."""
    if not ids:
        return []
    places = ", ".join(["?"] * len(ids))
    return load(model, f'SELECT * FROM "{model._meta.table_name}" WHERE "{key}" IN ({places})', ids)  # noqa: S608


def insert_many(model: Any, rows: Sequence[Mapping[str, Any]], then: str = "") -> Any:
    """Insert rows of the same columns in one statement, which ends with `then`. Returns the cursor."""
    database = model._meta.database
    sql = _insertion(model, tuple(rows[0]), is_postgres(database), len(rows))
    return execute(database, f"{sql} {then}", [value for row in rows for value in _parameters(model, row)])


def insert_all_new(model: Any, rows: Sequence[Mapping[str, Any]], key: str) -> list[str]:
    """Insert rows of the same columns, except existing ones. Returns the `key` of each new one."""
    new: list[str] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        then = f'ON CONFLICT DO NOTHING RETURNING "{key}"'
        new += [row[0] for row in insert_many(model, rows[start : start + ROWS_AT_ONCE], then).fetchall()]
    return new


def assignments(model: Any, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The text `a = ?, b = ?` and its parameters, for the SET of an UPDATE."""
    sql = _assigned(model, tuple(values), is_postgres(model._meta.database))
    return sql, _parameters(model, values)


def distinct(
    database: Any,
    table: str,
    column: str,
    key: Mapping[str, str],
    *,
    most: int,
    since: str = "",
    before: str | None = None,
) -> list[str]:
    """The distinct values of a column between two bounds, in order. The query reads one entry of the index of `key` and
    the column for each value, however many rows have it. The names are ours, never a caller's."""
    conditions = [f"{name} = ?" for name in key] + ([f"{column} < ?"] if before is not None else [])
    values = [*key.values(), *([before] if before is not None else [])]
    lookup = f"SELECT {column} FROM {table} WHERE " + " AND ".join([*conditions, f"{column} {{}}"])  # noqa: S608 - as said above
    lookup += f" ORDER BY {column} LIMIT 1"
    query = f"""
        WITH RECURSIVE distinct_value (value) AS (
            SELECT ({lookup.format(">= ?")}) UNION ALL
            SELECT ({lookup.format("> distinct_value.value")}) FROM distinct_value WHERE distinct_value.value IS NOT NULL
        ) SELECT value FROM distinct_value WHERE value IS NOT NULL LIMIT {most}"""  # noqa: S608 - as said above
    return [value for (value,) in execute(database, query, [*values, since, *values]).fetchall()]


@lru_cache(maxsize=512)
def rows_of(count: int, width: int) -> str:
    """`(?, ?), (?, ?)`: `count` rows of `width` parameters, for the VALUES of an INSERT."""
    return ", ".join([f"({', '.join(['?'] * width)})"] * count)


@lru_cache(maxsize=512)
def _insertion(model: Any, names: tuple[str, ...], postgres: bool, count: int = 1) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    placeholders = ", ".join(_placeholder(model, name, postgres) for name in names)
    rows = ", ".join([f"({placeholders})"] * count)
    return f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES {rows}'  # noqa: S608 - only our own names


@lru_cache(maxsize=256)
def _conversions(model: Any, columns: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Each column's field, with the function that converts its value, or None if the driver's value is right."""
    fields = [model._meta.columns[column] for column in columns]
    plain = (peewee.TextField, peewee.IntegerField, peewee.BigIntegerField)
    return [(field.name, None if type(field) in plain else field.python_value) for field in fields]


def _instance(model: Any, columns: Sequence[tuple[str, Any]], row: Sequence[Any]) -> Any:
    instance = model(__no_default__=True)
    instance.__data__ = {
        name: value if convert is None else convert(value) for (name, convert), value in zip(columns, row, strict=True)
    }
    return instance


@lru_cache(maxsize=256)
def _assigned(model: Any, names: tuple[str, ...], postgres: bool) -> str:
    return ", ".join(f'"{name}" = {_placeholder(model, name, postgres)}' for name in names)


def _placeholder(model: Any, name: str, postgres: bool) -> str:
    """The placeholder of a column. SQLite gets JSON as text and minifies it, as for every other writer; json(NULL) is
    NULL."""
    return "json(?)" if not postgres and isinstance(model._meta.fields[name], JsonField) else "?"


def _parameters(model: Any, values: Mapping[str, Any]) -> list[Any]:
    converters = _to_database(model, tuple(values), is_postgres(model._meta.database))
    return [convert(value) for convert, value in zip(converters, values.values(), strict=True)]


@lru_cache(maxsize=512)
def _to_database(model: Any, names: tuple[str, ...], postgres: bool) -> list[Callable[[Any], Any]]:
    """A function for each column that converts its value to a parameter."""
    fields = [model._meta.fields[name] for name in names]
    return [_json_text if not postgres and isinstance(field, JsonField) else field.db_value for field in fields]


def _json_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
