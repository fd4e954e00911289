"""The monitor's tables and all its SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import peewee

from shared.audit import Acts
from shared.database.connection import is_postgres, unbound_database
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.feed.outgoing_requests import Requests
from shared.search.words import Words
from shared.web.idempotency import Idempotency

database = unbound_database()
feed = Feed("monitor", database)
acts = Acts(database, feed)
idempotency = Idempotency(database, feed)
outgoing_requests = Requests(database, feed, ("ai-task-request",))
words = Words(database, across_tenants=True)
SearchWord = words.table

MIGRATIONS = Path(__file__).parent.parent / "migrations"

ALL_TENANTS = "*"
"""The scope of all tenants, for super admins and the command line; every other scope is one tenant's id."""

PROJECTING_LOCK = 0x7A4DE4A0
"""Key of PostgreSQL's advisory lock under which changes are applied to the read model."""


class Table(Row):
    """The base class of this context's tables."""

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def within(cls, tenant_id: Any, *, seek: bool = True) -> Any:
        """The condition that a row is the tenant's, see Row; ALL_TENANTS matches the rows of all tenants."""
        if isinstance(tenant_id, str) and tenant_id == ALL_TENANTS:
            return peewee.SQL("1 = 1")
        return super().within(tenant_id) if seek else cls.tenant_id.concat("") == tenant_id

    @classmethod
    def get_or_none_for(
        cls, tenant_id: str, row_id: str, *, for_update: bool = False, kept: bool = False
    ) -> Self | None:
        """The row of this id within the tenant or ALL_TENANTS, see Row."""
        if tenant_id == ALL_TENANTS:
            return cls.get_or_none_of_all_tenants(row_id, for_update=for_update)
        return super().get_or_none_for(tenant_id, row_id, for_update=for_update, kept=kept)


def learn_sizes() -> None:
    """Let SQLite sample its tables to choose its indexes; PostgreSQL does so by itself."""
    if not is_postgres(database):
        database.execute_sql("PRAGMA analysis_limit = 1000")
        database.execute_sql("ANALYZE")


def lock_projection() -> None:
    """Lock the read model until the end of the transaction, so that one process applies changes at a time.

    The state of a run follows from rows of several sources. Two transactions that each see only their own half would both write the wrong
    state. SQLite has one writer anyway.
    """
    if is_postgres(database):
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (PROJECTING_LOCK,))
