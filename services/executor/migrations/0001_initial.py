"""The first tables of the executor: AI tasks, attempts, effects, requests, trackings, processors, and the copy of
tenants."""

from peewee import (
    BigIntegerField,
    BooleanField,
    Check,
    CompositeKey,
    DateTimeField,
    FloatField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class AiTask(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        title = TextField()
        processor = TextField()
        metadata = JSONField()
        input_hash = TextField()
        priority = IntegerField()
        created_at = DateTimeField()
        available_at = DateTimeField()
        status = TextField()
        lease = BigIntegerField()
        attempts = IntegerField()
        losses = IntegerField()
        max_attempts = IntegerField()
        lease_until = DateTimeField(null=True)
        lease_owner = TextField(null=True)
        deadline_at = DateTimeField(null=True)
        cancel_requested_at = DateTimeField(null=True)
        started_at = DateTimeField(null=True)
        finished_at = DateTimeField(null=True)
        result = JSONField(null=True)
        error = JSONField(null=True)
        retry_of = TextField(null=True)
        origin = TextField()
        retry_number = IntegerField()
        subject = TextField(null=True)
        source_service = TextField(null=True)
        source_kind = TextField(null=True)
        source_id = TextField(null=True)
        by = JSONField()
        version = IntegerField()

        class Meta:
            table_name = "ai_task"
            constraints = (
                Check("priority BETWEEN 1 AND 5"),
                Check("status IN ('queued', 'running', 'success', 'failed', 'cancelled')"),
            )
            indexes = (
                (("origin", "retry_number"), True),
                (("tenant_id", "created_at", "id"), False),
                (("tenant_id", "status", "created_at", "id"), False),
                (("tenant_id", "processor", "created_at", "id"), False),
                (("tenant_id", "source_id", "created_at", "id"), False),
                (("finished_at",), False),
            )

    class Attempt(Table):
        task_id = TextField()
        lease = BigIntegerField()
        tenant_id = TextField()
        number = IntegerField()
        owner = TextField()
        started_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        outcome = TextField()
        error = JSONField(null=True)

        class Meta:
            table_name = "attempt"
            primary_key = CompositeKey("task_id", "lease")
            constraints = (Check("outcome IN ('running', 'success', 'failed', 'lost', 'cancelled')"),)

    class Effect(Table):
        origin = TextField()
        name = TextField()
        tenant_id = TextField()
        task_id = TextField()
        key = TextField()
        fence = BigIntegerField()
        status = TextField()
        intended_at = DateTimeField()
        settled_at = DateTimeField(null=True)
        outcome = JSONField(null=True)
        resolved_by = JSONField(null=True)
        reason = TextField(null=True)

        class Meta:
            table_name = "effect"
            primary_key = CompositeKey("origin", "name")
            constraints = (Check("status IN ('intended', 'done', 'unknown', 'not_done')"),)

    class Request(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        kind = TextField()
        task_id = TextField(index=True)
        body = JSONField()
        created_at = DateTimeField()
        release_at = DateTimeField()
        released = BooleanField()

    class Tracking(Table):
        tenant_id = TextField()
        email_id = TextField()
        task_id = TextField()
        subject = TextField()
        sent_to = TextField()
        track_opens = BooleanField()
        track_clicks = BooleanField()
        notify_on_open = BooleanField()
        opens = IntegerField()
        clicks = IntegerField()
        replies = IntegerField()
        created_at = DateTimeField()

        class Meta:
            primary_key = CompositeKey("tenant_id", "email_id")

    class Processor(Table):
        name = TextField(primary_key=True)
        version = TextField()
        description = TextField()
        metadata_schema = JSONField()
        dry_run = BooleanField()
        deadline_seconds = FloatField()

    class Tenant(Table):
        id = TextField(primary_key=True)
        name = TextField()
        time_zone = TextField()
        country = TextField()
        source_version = BigIntegerField()

    db.create_tables([AiTask, Attempt, Effect, Request, Tracking, Processor, Tenant])
    db.execute_sql(
        "CREATE INDEX ai_task_queued ON ai_task (priority, created_at, id, available_at, processor, losses)"
        " WHERE status = 'queued'"
    )
    db.execute_sql("CREATE INDEX ai_task_running ON ai_task (lease_until) WHERE status = 'running'")
    db.execute_sql("CREATE INDEX request_held ON request (release_at) WHERE NOT released")
