"""What every table of a context is: in one database, written with a guard, and many rows at once where it pays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import peewee

from shared import database, statements
from shared.columns import JsonField
from shared.errors import Conflict, Stale

ROWS_AT_ONCE = 100


class Row(peewee.Model):
    """A row that knows its guard. Tables of a context inherit it, and set `Meta.database`.

    `write` and `expect` are for tables with a column `version`.
    """

    def write(self, **values: Any) -> None:
        """The guarded write: only if nobody has changed the row since it was read; it grows `version`. Conflict
        otherwise."""
        model = type(self)
        meta = model._meta
        told, parameters = statements.assignments(model, values)
        told = f"{told}, version = version + 1" if told else "version = version + 1"
        sql = f'UPDATE "{meta.table_name}" SET {told} WHERE "{meta.primary_key.column_name}" = ? AND version = ?'  # noqa: S608
        if not statements.execute(meta.database, sql, [*parameters, self.get_id(), self.version]).rowcount:
            raise Conflict("Somebody else changed this at the same moment; read it again.")
        for name, value in values.items():
            setattr(self, name, value)
        self.version += 1

    def expect(self, version: int | None) -> None:
        """Stale when the caller (If-Match) has seen another version than this."""
        if version is not None and version != self.version:
            raise Stale(f"It has changed since you read it: this is version {self.version}, you have {version}.")


def held(query: Any) -> Any:
    """The rows of a query, held until the transaction ends: whoever wants to change them too goes first or waits.

    SQLite has one writer, and every transaction of ours is one from its beginning.
    """
    return query.for_update() if database.is_postgres(query.model._meta.database) else query


def insert_rows(model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows that all have the same columns, many a statement.

    peewee's own insert_many renders every value of every row anew, which took most of the time of finalizing a large
    plan.
    """
    db = model._meta.database
    whole = [model._meta.get_default_dict() | row for row in rows]
    fields = [model._meta.fields[name] for name in whole[0]] if whole else []
    one = "(" + ", ".join(db.param for _ in fields) + ")"
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    for start in range(0, len(whole), ROWS_AT_ONCE):
        block = whole[start : start + ROWS_AT_ONCE]
        # Every name in it is one of our own models'; the values are parameters.
        statement = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ' + ", ".join([one] * len(block))  # noqa: S608
        db.execute_sql(statement, [_stored(field, row[field.name]) for row in block for field in fields])


def _stored(field: peewee.Field, value: Any) -> Any:
    if isinstance(field, JsonField) and value is not None and not database.is_postgres(field.model._meta.database):
        return json.dumps(value)
    return field.db_value(value)
