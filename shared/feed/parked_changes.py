"""Stores changes of other services that could not be applied, with the reason.

They are retried after growing pauses, or at once when an operator asks for it, until they or a newer version of the
subject can be applied.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_REASON = 2000


def pause_after(tries: int) -> timedelta:
    """The pause after so many failed tries: 5 s, 20 s, 80 s, and so on, at most an hour."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** min(tries - 1, 6))


class ParkedChanges:
    """The parked changes of one context, by source, kind and subject. `tenant_id=None` means those of all tenants.

    A consumer parks and applies the changes of every tenant; only people see them by tenant.
    """

    def __init__(self, tables: SimpleNamespace) -> None:
        self.table = tables.parked

    def park(
        self, source: str, kind: str, subject: str, *, tenant_id: str, version: int, error: Exception, now: datetime
    ) -> None:
        """Record that a change could not be applied, and why; it is tried again after a pause."""
        table = self.table
        parked = table.of_all_tenants().where(self._is(source, kind, subject)).first()
        tries = parked.tries + 1 if parked else 1
        values = {
            "tenant_id": tenant_id,
            "version": version,
            "error": f"{type(error).__name__}: {error}"[:LONGEST_REASON],
            "parked_at": parked.parked_at if parked else now,
            "tries": tries,
            "retry_at": now + pause_after(tries),
        }
        table.insert(source=source, kind=kind, subject_id=subject, **values).on_conflict(
            conflict_target=[table.source, table.kind, table.subject_id],
            update={getattr(table, name): value for name, value in values.items()},
        ).execute()

    def remove(self, source: str, kind: str, subject: str) -> None:
        """Remove a change that has been applied or has nothing left to apply."""
        self.table.delete_of_all_tenants().where(self._is(source, kind, subject)).execute()

    def subjects(self, source: str) -> set[tuple[str, str]]:
        """Kind and id of every parked change of a source."""
        table = self.table
        rows = table.of_all_tenants(table.kind, table.subject_id).where(table.source == source)
        return {(row.kind, row.subject_id) for row in rows}

    def due(self, source: str, now: datetime, limit: int) -> list[Any]:
        """The changes to try again now. Rows from before there were pauses have no `retry_at` and are due."""
        table = self.table
        query = table.of_all_tenants().where(
            (table.source == source) & (table.retry_at.is_null() | (table.retry_at <= now))
        )
        return list(query.order_by(table.retry_at, table.kind, table.subject_id).limit(limit))

    def count(self) -> int:
        """How many changes are parked."""
        return self.table.of_all_tenants().count()

    def page(self, tenant_id: str | None, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
        """A page of the parked changes, the longest parked first."""
        table = self.table
        order = [(column, "asc") for column in (table.parked_at, table.source, table.kind, table.subject_id)]
        return pagination.page(
            self._of(table.of_all_tenants(), tenant_id), order, limit=limit, offset=offset, cursor=cursor
        )

    def retry_soon(self, tenant_id: str | None, source: str, kind: str, subject: str, now: datetime) -> None:
        """Make a change due at the worker's next round. NotFound when it is not parked."""
        query = self.table.update_of_all_tenants(retry_at=now).where(self._is(source, kind, subject))
        if not self._of(query, tenant_id).execute():
            raise NotFound("No such change is parked; it may have been applied since.")

    def retry_all_soon(self, tenant_id: str | None, now: datetime) -> int:
        """Make all parked changes due at the worker's next round. Returns how many there are."""
        return self._of(self.table.update_of_all_tenants(retry_at=now), tenant_id).execute()

    def _of(self, query: Any, tenant_id: str | None) -> Any:
        return query if tenant_id is None else query.where(self.table.within(tenant_id))

    def _is(self, source: str, kind: str, subject: str) -> Any:
        table = self.table
        return (table.source == source) & (table.kind == kind) & (table.subject_id == subject)
