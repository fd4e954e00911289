"""Writes requests of a context to other services, as rows in its own feed (docs/design.md, "Requests")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import peewee

from shared.database import statements
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.database.model import Columns, Row, insert_rows
from shared.feed.changes import Feed
from shared.ground import clock
from shared.ground.json_types import JsonObject

RELEASE_LIMIT = 500


class Requests:
    """The outgoing requests of one context, of these kinds. `source_id` is the id of the row here that a request comes
    from; `body` is its snapshot in the feed without `id` and `tenantId` (shared/contracts/requests.py)."""

    def __init__(self, db: Any, feed: Feed, kinds: Sequence[str]) -> None:
        class Request(Row):
            id = IdField()
            tenant_id = peewee.TextField()
            kind = peewee.TextField()
            source_id = peewee.TextField()
            body = JsonField()
            created_at = UtcDateTime()
            release_at = UtcDateTime()
            released = peewee.BooleanField()

            class Meta:
                database = db
                table_name = "request"

        Request.add_index(Request.index(Request.kind, Request.created_at, name="request_age"))
        Request.add_index(Request.index(Request.release_at, where=peewee.SQL("NOT released"), name="request_held"))
        self.feed, self.table = feed, Request
        for kind in kinds:
            feed.snapshot(kind)(partial(self._snapshots, kind))

    def add(
        self,
        request_id: str,
        kind: str,
        *,
        tenant_id: str,
        source_id: str,
        body: Mapping[str, Any],
        now: datetime,
        release_at: datetime | None = None,
    ) -> None:
        """Add a request and publish it, now or from `release_at` on. A second one with the same id is ignored. Call it
        inside a transaction."""
        release = release_at or now
        row = {
            "id": request_id, "tenant_id": tenant_id, "kind": kind, "source_id": source_id, "body": body,
            "created_at": now, "release_at": release, "released": release <= now,
        }  # fmt: skip
        if statements.insert_if_new(self.table, row) and row["released"]:
            self.feed.mark(kind, request_id, tenant_id)

    def exists(self, tenant_id: str, request_id: str) -> bool:
        """Whether there is a request of this id."""
        return self.table.get_or_none_for(tenant_id, request_id) is not None

    def request_ai_tasks(self, rows: Sequence[Columns]) -> None:
        """Request AI tasks from the executor; they get the ids of these rows. One with a `run_at` is published then, and
        can be withdrawn until it is. IntegrityError for an id that was requested before. Call it inside a transaction."""
        requests = [self._ai_task(**row) for row in rows]
        insert_rows(self.table, requests)
        for request in requests:
            if request["released"]:
                self.feed.mark("ai-task-request", request["id"], request["tenant_id"])

    def withdraw(self, tenant_id: str, request_id: str) -> bool:
        """Delete a request that was not published yet, so that nobody hears of it. False when it was published, or when
        there is none. Call it inside a transaction."""
        table = self.table
        held = table.delete_for(tenant_id).where(table.id == request_id, peewee.SQL("NOT released"))
        return bool(held.execute())

    def are_due(self, *, now: datetime) -> bool:
        """Whether the time of a request has come that was not published yet."""
        table = self.table
        return table.of_all_tenants(table.id).where(peewee.SQL("NOT released"), table.release_at <= now).exists()

    def notify(
        self,
        request_id: str,
        *,
        tenant_id: str,
        source_id: str,
        recipient_id: str | None,
        kind: str,
        title: str,
        body: str,
        link: str | None,
        by: JsonObject,
        now: datetime,
        source: JsonObject | None = None,
    ) -> None:
        """Request a notification of one person, or of the whole tenant without `recipient_id`, from the monitor; a second
        one with the same id is ignored. Call it inside a transaction."""
        content: JsonObject = {
            "recipientId": recipient_id, "kind": kind, "title": title, "body": body, "link": link,
            "createdAt": clock.rfc3339(now), "by": by, **({"source": source} if source else {}),
        }  # fmt: skip
        self.add(request_id, "notification-request", tenant_id=tenant_id, source_id=source_id, body=content, now=now)

    def release_due(self, *, now: datetime) -> int:
        """Publish the requests of all tenants whose time has come, at most RELEASE_LIMIT. Returns how many. Call it
        inside a transaction."""
        table, is_held = self.table, peewee.SQL("NOT released")
        due = table.of_all_tenants(table.id).where(is_held, table.release_at <= now).limit(RELEASE_LIMIT)
        update = table.update_of_all_tenants(released=True).where(is_held, table.id.in_(due))
        released = list(update.returning(table).execute())
        for request in released:
            self.feed.mark(request.kind, request.id, request.tenant_id)
        return len(released)

    def _ai_task(
        self,
        *,
        id: str,
        tenant_id: str,
        title: str,
        processor: str,
        metadata: Mapping[str, Any],
        priority: int,
        subject: str | None,
        source_kind: str,
        source_id: str,
        retry_of: str | None,
        by: JsonObject,
        created_at: datetime,
        run_at: datetime | None = None,
    ) -> Columns:
        source = {"service": self.feed.source, "kind": source_kind, "id": source_id}
        body = {
            "title": title, "processor": processor, "metadata": metadata, "priority": priority, "runAt": clock.rfc3339(run_at),
            "subject": subject, "source": source, "retryOf": retry_of, "createdAt": clock.rfc3339(created_at), "by": by,
        }  # fmt: skip
        return {
            "id": id, "tenant_id": tenant_id, "kind": "ai-task-request", "source_id": source_id, "body": body,
            "created_at": created_at, "release_at": run_at or created_at, "released": run_at is None,
        }  # fmt: skip

    def _snapshots(self, kind: str, ids: list[str]) -> dict[str, JsonObject]:
        # The feed reads the requests of all tenants, and each snapshot says whose it is.
        rows = self.table.load_of_all_tenants("id", ids)
        return {row.id: {"id": row.id, "tenantId": row.tenant_id, **row.body} for row in rows if row.kind == kind}
