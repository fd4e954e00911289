"""Requests are found by their age, to be deleted when they were kept long enough; an AI task knows when it was asked for."""

from peewee import DateTimeField


def up(migrator, db):
    db.execute_sql("CREATE INDEX request_age ON request (kind, created_at)")
    migrator.migrate(migrator.add_column("ai_task", "asked_at", DateTimeField(null=True)))
