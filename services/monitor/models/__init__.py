"""The monitor's tables and every question asked of them; the only room that speaks SQL."""

from __future__ import annotations

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


def fold_alone() -> None:
    """Wait until no other process is folding changes in; to be called inside the transaction that does.

    What a run amounts to follows from rows of several sources. Two transactions that each see only their own half would
    both write the wrong sum. SQLite has one writer anyway.
    """
    if is_postgres(database):
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (PROJECTING_LOCK,))
