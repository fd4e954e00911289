"""The base class of every table, with tenant scope, guarded writes, row locks and bulk inserts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import peewee

from shared.database import connection, statements
from shared.ground.errors import Conflict, NotFound, Stale

ROWS_AT_ONCE = 100

Columns = dict[str, Any]
"""The columns of a row to be written, by name."""


class Row(peewee.Model):
    """The base class of a context's tables, which set `Meta.database`. `write` and `expect` need a column `version`.

    A statement on a table with a column `tenant_id` begins with one of the methods here: with a tenant, or with
    `of_all_tenants` and a comment that says why.
    """

    noun = "row"
    """The name of a row in an error message."""

    id: Any
    tenant_id: Any
    version: Any

    @classmethod
    def within(cls, tenant_id: Any, *, seek: bool = True) -> Any:
        """The condition that a row is the tenant's. With `seek=False` it is tested on each row: SQLite, which has no
        statistics, would pick an index of tenants even where another one is better."""
        if seek or connection.is_postgres(cls._meta.database):
            return cls.tenant_id == tenant_id
        return peewee.Expression(peewee.NodeList((peewee.SQL("+"), cls.tenant_id), glue=""), peewee.OP.EQ, tenant_id)

    @classmethod
    def for_tenant(cls, tenant_id: Any, *columns: Any, seek: bool = True) -> peewee.ModelSelect[Self]:
        """A query for the tenant's rows. `tenant_id` may be another table's column, in a query within a query."""
        return cls.select(*columns).where(cls.within(tenant_id, seek=seek))

    @classmethod
    def update_for(cls, tenant_id: str, **values: Any) -> peewee.ModelUpdate:
        """An update of the tenant's rows."""
        return cls.update(**values).where(cls.within(tenant_id))

    @classmethod
    def delete_for(cls, tenant_id: str) -> peewee.ModelDelete:
        """A deletion of the tenant's rows."""
        return cls.delete().where(cls.within(tenant_id))

    @classmethod
    def get_or_none_for(
        cls, tenant_id: str, row_id: str, *, for_update: bool = False, kept: bool = False
    ) -> Self | None:
        """The tenant's row of this id, or None. Until the transaction ends it is locked with `for_update`, and with
        `kept` nobody deletes it: that is for adding what belongs to it."""
        key = {_primary_key(cls): row_id, "tenant_id": tenant_id}
        return statements.get_or_none(cls, key, for_update=for_update, kept=kept)

    @classmethod
    def get_for(cls, tenant_id: str, row_id: str, *, for_update: bool = False, kept: bool = False) -> Self:
        """Like `get_or_none_for`, but NotFound when there is none, or it is another tenant's."""
        row = cls.get_or_none_for(tenant_id, row_id, for_update=for_update, kept=kept)
        if row is None:
            raise NotFound(f"There is no {cls.noun} {row_id}.")
        return row

    @classmethod
    def of_all_tenants(cls, *columns: Any) -> peewee.ModelSelect[Self]:
        """A query across tenants."""
        return cls.select(*columns)

    @classmethod
    def get_or_none_of_all_tenants(cls, row_id: str, *, for_update: bool = False) -> Self | None:
        """Like `get_or_none_for`, for the row of any tenant."""
        return statements.get_or_none(cls, {_primary_key(cls): row_id}, for_update=for_update)

    @classmethod
    def load_of_all_tenants(cls, column: str, values: Sequence[str]) -> list[Self]:
        """The rows of all tenants whose column is one of `values`, in no order; faster than a query."""
        return statements.load_by_ids(cls, column, values)

    @classmethod
    def update_of_all_tenants(cls, **values: Any) -> peewee.ModelUpdate:
        """An update across tenants."""
        return cls.update(**values)

    @classmethod
    def delete_of_all_tenants(cls) -> peewee.ModelDelete:
        """A deletion across tenants."""
        return cls.delete()

    @classmethod
    def alias(cls, alias: str | None = None) -> Any:
        """Another name for the table, for a query that reads it twice."""
        return Alias(cls, alias)

    def write(self, **values: Any) -> None:
        """Guarded write: write these columns and increment `version`. Conflict when the row was changed since it was
        read."""
        model = type(self)
        meta: Any = model._meta
        assignments, parameters = statements.assignments(model, values)
        assignments = f"{assignments}, version = version + 1" if assignments else "version = version + 1"
        sql = f'UPDATE "{meta.table_name}" SET {assignments} WHERE "{meta.primary_key.column_name}" = ? AND version = ?'  # noqa: S608
        if not statements.execute(meta.database, sql, [*parameters, self.get_id(), self.version]).rowcount:
            raise Conflict("Somebody else changed this at the same moment; read it again.")
        for name, value in values.items():
            setattr(self, name, value)
        self.version += 1

    def expect(self, version: int | None) -> None:
        """Stale when the caller (If-Match) has read another version than this one."""
        if version is not None and version != self.version:
            raise Stale(f"It has changed since you read it: this is version {self.version}, you have {version}.")


class Alias(peewee.ModelAlias):
    """Another name for a table, with two of its methods for queries."""

    def for_tenant(self, tenant_id: Any, *columns: Any) -> Any:
        """A query for the tenant's rows under this name."""
        return self.select(*columns).where(self.tenant_id == tenant_id)

    def of_all_tenants(self, *columns: Any) -> Any:
        """A query across tenants under this name."""
        return self.select(*columns)


def _primary_key(model: Any) -> str:
    return str(model._meta.primary_key.name)


def with_columns(query: Any, *columns: Any) -> Any:
    """The query with these columns in place of its own."""
    return query.select(*columns)


def locked(query: Any) -> Any:
    """The query with FOR UPDATE on PostgreSQL: its rows are locked until the transaction ends.

    SQLite has one writer, and every transaction here takes the write lock at its beginning.
    """
    return query.for_update() if connection.is_postgres(query.model._meta.database) else query


def kept(query: Any) -> Any:
    """The query with FOR KEY SHARE on PostgreSQL: nobody deletes its rows until the transaction ends."""
    return query.for_update("FOR KEY SHARE") if connection.is_postgres(query.model._meta.database) else query


def insert_rows(model: type[Row], rows: Sequence[Columns]) -> None:
    """Insert rows that all have the same columns, ROWS_AT_ONCE in a statement.

    peewee's insert_many renders every value of every row again, which took most of the time of finalizing a large plan.
    """
    whole = [model._meta.get_default_dict() | row for row in rows]
    for start in range(0, len(whole), ROWS_AT_ONCE):
        statements.insert_many(model, whole[start : start + ROWS_AT_ONCE])
