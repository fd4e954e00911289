"""Statements written out, for the path that every task takes: building one from its parts costs more than running it.

`?` stands for a parameter on both engines; every value is a parameter, converted as its column wants it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.executor.models.tables import db
from shared.database import JsonField, is_postgres


def execute(sql: str, parameters: Sequence[Any]) -> Any:
    """Run it; the cursor, with its `rowcount` and its rows."""
    return db.execute_sql(sql.replace("?", "%s") if is_postgres(db) else sql, tuple(parameters))


def insert(model: Any, values: Mapping[str, Any]) -> bool:
    """Insert a row. False when a unique key has it already, and nothing is written."""
    places, parameters = _placed(model, values)
    columns = ", ".join(f'"{name}"' for name in values)
    table = model._meta.table_name
    sql = f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join(places)}) ON CONFLICT DO NOTHING'  # noqa: S608
    return bool(execute(sql, parameters).rowcount)


def assignments(model: Any, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """`a = ?, b = ?` and its parameters, for the SET of an UPDATE."""
    places, parameters = _placed(model, values)
    return ", ".join(f'"{name}" = {place}' for name, place in zip(values, places, strict=True)), parameters


def _placed(model: Any, values: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    places, parameters = [], []
    on_sqlite = not is_postgres(db)
    for name, value in values.items():
        field = model._meta.fields[name]
        if on_sqlite and value is not None and isinstance(field, JsonField):
            places.append("json(?)")
            parameters.append(json.dumps(value))
        else:
            places.append("?")
            parameters.append(field.db_value(value))
    return places, parameters
