"""The table of requests as migrations make it from the typed tables of before. Migrations call it, so it stays as it is."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, DateTimeField, JSONField, Model, TextField

from shared.database.connection import is_postgres
from shared.database.statements import across_tenants

AI_TASK = """'title', title, 'processor', processor, 'metadata', {json}(metadata), 'priority', priority, 'runAt', NULL,
    'subject', subject, 'source', {object}('service', {service}, 'kind', source_kind, 'id', source_id),
    'retryOf', retry_of, 'createdAt', {created_at}, 'by', {json}("by")"""
NOTIFICATION = """'recipientId', recipient_id, 'kind', kind, 'title', title, 'body', body, 'link', link,
    'createdAt', {created_at}, 'by', {json}("by")"""
SQLITE = {
    "object": "json_object",
    "json": "json",
    "created_at": "replace(replace(created_at, ' ', 'T') || 'Z', '.000000Z', 'Z')",
}
POSTGRESQL = {
    "object": "jsonb_build_object",
    "json": "",
    "created_at": "replace(to_char(created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '.000000Z', 'Z')",
}


def create(db: Any, service: str) -> None:
    """Create the table, and move into it the requests of a service for AI tasks and for notifications."""

    class Request(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        kind = TextField()
        source_id = TextField()
        body = JSONField()
        created_at = DateTimeField()
        release_at = DateTimeField()
        released = BooleanField()

        class Meta:
            database = db

    db.create_tables([Request])
    db.execute_sql("CREATE INDEX request_age ON request (kind, created_at)")
    db.execute_sql("CREATE INDEX request_held ON request (release_at) WHERE NOT released")
    copy(db, "ai_task_request", "ai-task-request", "source_id", AI_TASK.replace("{service}", f"'{service}'"))
    copy(db, "notification_request", "notification-request", "''", NOTIFICATION)
    for table in ("ai_task_request", "notification_request"):
        db.execute_sql(f"DROP TABLE {table}")


def copy(db: Any, table: str, kind: str, source_id: str, body: str) -> None:
    """Make a request of each row of a table. `body` is SQL: the names and values of a JSON object, in which `{object}`,
    `{json}` and `{created_at}` stand for what the engine calls them."""
    words = POSTGRESQL if is_postgres(db) else SQLITE
    columns = "id, tenant_id, kind, source_id, body, created_at, release_at, released"
    values = (
        f"id, tenant_id, '{kind}', {source_id}, {words['object']}({body.format(**words)}), created_at, created_at, TRUE"
    )
    db.execute_sql(across_tenants(f"INSERT INTO request ({columns}) SELECT {values} FROM {table}"))  # noqa: S608
