"""Notes work that is done once for each tenant, so that it is not done again although what it made was changed or
deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import peewee

from shared.database import statements
from shared.database.fields import UtcDateTime
from shared.database.model import Row


class OneTimeWork:
    """The notes of one context."""

    def __init__(self, db: Any) -> None:
        class Done(Row):
            """Work that was done for a tenant, by its name."""

            tenant_id = peewee.TextField()
            name = peewee.TextField()
            done_at = UtcDateTime()

            class Meta:
                database = db
                table_name = "one_time_work"
                primary_key = peewee.CompositeKey("tenant_id", "name")

        self.table = Done

    def is_done(self, tenant_id: str, name: str) -> bool:
        """Whether the work of this name was done for the tenant."""
        return self.table.for_tenant(tenant_id).where(self.table.name == name).exists()

    def note(self, tenant_id: str, name: str, *, now: datetime) -> bool:
        """Note the work as done. Returns whether it was not noted before. Call it inside a transaction."""
        return statements.insert_if_new(self.table, {"tenant_id": tenant_id, "name": name, "done_at": now})
