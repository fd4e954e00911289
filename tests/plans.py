"""How a database reads what a statement asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.database.connection import is_postgres

READS_ALL, SORTS = ("SCAN", "Seq Scan"), ("TEMP B-TREE", "Sort")
"""What stands in a plan that reads a whole table, and in one that sorts, on either engine."""


def plan_of(database: Any, sql: str, parameters: Sequence[Any]) -> str:
    """The plan of a statement, on one line. PostgreSQL, which would rather read and sort an empty table, is kept from that."""
    postgres = is_postgres(database)
    with database.atomic():
        for costly in ("seqscan", "bitmapscan", "sort") if postgres else ():
            database.execute_sql(f"SET LOCAL enable_{costly} = off")
        explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
        return " ".join(str(row[-1]) for row in database.execute_sql(explain + sql, parameters).fetchall())
