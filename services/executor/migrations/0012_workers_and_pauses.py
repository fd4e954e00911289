"""The worker processes, and what is not claimed because somebody paused it."""

from peewee import CompositeKey, DateTimeField, IntegerField, JSONField, Model, TextField


def up(migrator, db):
    class Worker(Model):
        id = TextField(primary_key=True)
        name = TextField()
        started_at = DateTimeField()
        seen_at = DateTimeField(index=True)
        slots = IntegerField()
        busy = IntegerField()

        class Meta:
            database = db
            table_name = "worker"

    class Pause(Model):
        tenant_id = TextField()
        processor = TextField()
        by = JSONField()
        reason = TextField(null=True)
        paused_at = DateTimeField()

        class Meta:
            database = db
            table_name = "pause"
            primary_key = CompositeKey("tenant_id", "processor")

    db.create_tables([Worker, Pause])
    db.execute_sql("DROP INDEX ai_task_queued")
    db.execute_sql(
        "CREATE INDEX ai_task_queued ON ai_task (priority, created_at, id, available_at, processor, losses, tenant_id)"
        " WHERE status = 'queued'"
    )
