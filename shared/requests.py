"""What a context asks of the executor and of the monitor: request rows of its own feed (DESIGN.md section 3, "Requests")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from shared import clock
from shared.columns import IdField, JsonField, UtcDateTime
from shared.feed import Feed
from shared.rows import Row, insert_rows

Snapshots = dict[str, dict[str, Any]]


class Requests:
    """The requests of one context: AI tasks wanted of the executor, and notifications wanted of the monitor."""

    def __init__(self, db: Any, feed: Feed) -> None:
        class AiTaskRequest(Row):
            id = IdField()
            tenant_id = peewee.TextField()
            title = peewee.TextField()
            processor = peewee.TextField()
            metadata = JsonField()
            priority = peewee.IntegerField()
            subject = peewee.TextField(null=True)
            source_kind = peewee.TextField()
            source_id = peewee.TextField()
            retry_of = peewee.TextField(null=True)
            by = JsonField()
            created_at = UtcDateTime()

            class Meta:
                database = db
                table_name = "ai_task_request"

        class NotificationRequest(Row):
            id = IdField()
            tenant_id = peewee.TextField()
            recipient_id = peewee.TextField(null=True)
            kind = peewee.TextField()
            title = peewee.TextField()
            body = peewee.TextField()
            link = peewee.TextField(null=True)
            by = JsonField()
            created_at = UtcDateTime()

            class Meta:
                database = db
                table_name = "notification_request"

        self.feed, self.ai_tasks, self.notifications = feed, AiTaskRequest, NotificationRequest
        feed.snapshot("ai-task-request")(self._ai_task_snapshots)
        feed.snapshot("notification-request")(self._notification_snapshots)

    def ask_for_ai_tasks(self, rows: Sequence[dict[str, Any]]) -> None:
        """Ask the executor for AI tasks with the ids of these rows. Inside a transaction."""
        insert_rows(self.ai_tasks, rows)
        for row in rows:
            self.feed.mark("ai-task-request", row["id"], row["tenant_id"])

    def notify(self, **values: Any) -> None:
        """Ask the monitor to tell people, once an id. Inside a transaction."""
        self.notifications.insert(**values).on_conflict_ignore().execute()
        self.feed.mark("notification-request", values["id"], values["tenant_id"])

    def _ai_task_snapshots(self, ids: list[str]) -> Snapshots:
        table = self.ai_tasks
        return {
            row.id: {
                "id": row.id,
                "tenantId": row.tenant_id,
                "title": row.title,
                "processor": row.processor,
                "metadata": row.metadata,
                "priority": row.priority,
                "runAt": None,
                "subject": row.subject,
                "source": {"service": self.feed.source, "kind": row.source_kind, "id": row.source_id},
                "retryOf": row.retry_of,
                "by": row.by,
            }
            for row in table.select().where(table.id.in_(ids))
        }

    def _notification_snapshots(self, ids: list[str]) -> Snapshots:
        table = self.notifications
        return {
            row.id: {
                "id": row.id,
                "tenantId": row.tenant_id,
                "recipientId": row.recipient_id,
                "kind": row.kind,
                "title": row.title,
                "body": row.body,
                "link": row.link,
                "createdAt": clock.rfc3339(row.created_at),
                "by": row.by,
            }
            for row in table.select().where(table.id.in_(ids))
        }
