"""The monitor's tables and every question asked of them; the only room that speaks SQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import peewee

from shared.acts import Acts
from shared.database import is_postgres, later
from shared.feed import Feed
from shared.idempotency import Idempotency

database = later()
feed = Feed("monitor", database)
acts = Acts(database, feed)
idempotency = Idempotency(database, feed)

MIGRATIONS = Path(__file__).parent.parent / "migrations"

ALL_TENANTS = "*"
"""The scope of a super admin; every other scope is one tenant's id."""

PROJECTING_LOCK = 0x7A4DE4A0
"""Key of PostgreSQL's advisory lock under which changes are folded into the read model."""


class Table(peewee.Model):
    """What all tables of this context share: its database."""

    class Meta:
        database = database
        legacy_table_names = False


def within(model: type[Table], tenant_id: str) -> Any:
    """The condition that keeps a query inside one tenant, or lets it see all; each query of a scope begins with it."""
    return peewee.SQL("1 = 1") if tenant_id == ALL_TENANTS else model.tenant_id == tenant_id


def inside(model: type[Table], tenant_id: str) -> Any:
    """The same, said so that no index of tenants is tempting, where another is better: SQLite without statistics takes the tenant
    to be the rarest thing there is."""
    return within(model, tenant_id) if tenant_id == ALL_TENANTS else model.tenant_id.concat("") == tenant_id


def distinct(
    table: str, column: str, known: Mapping[str, str], *, most: int, since: str = "", before: str | None = None
) -> list[str]:
    """The distinct values of a column between two bounds, in order: one query that looks into an index of `known` and the column
    once a value, however many rows have it. The names are ours, never a caller's."""
    conditions = [f"{name} = ?" for name in known] + ([f"{column} < ?"] if before is not None else [])
    values = [*known.values(), *([before] if before is not None else [])]
    one = f"SELECT {column} FROM {table} WHERE " + " AND ".join([*conditions, f"{column} {{}}"])  # noqa: S608 - as said above
    one += f" ORDER BY {column} LIMIT 1"
    query = f"""
        WITH RECURSIVE found (value) AS (
            SELECT ({one.format(">= ?")}) UNION ALL
            SELECT ({one.format("> found.value")}) FROM found WHERE found.value IS NOT NULL
        ) SELECT value FROM found WHERE value IS NOT NULL LIMIT {most}"""  # noqa: S608 - as said above
    if is_postgres(database):
        query = query.replace("?", "%s")
    return [value for (value,) in database.execute_sql(query, (*values, since, *values)).fetchall()]


def learn_sizes() -> None:
    """Let SQLite sample its tables, so that it chooses indexes by what is in them; PostgreSQL does so by itself."""
    if not is_postgres(database):
        database.execute_sql("PRAGMA analysis_limit = 1000")
        database.execute_sql("ANALYZE")


def fold_alone() -> None:
    """Wait until no other process is folding changes in; to be called inside the transaction that does.

    What a run amounts to follows from rows of several sources. Two transactions that each see only their own half would
    both write the wrong sum. SQLite has one writer anyway.
    """
    if is_postgres(database):
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (PROJECTING_LOCK,))
