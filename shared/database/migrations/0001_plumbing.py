"""The tables every context has: its feed, its cursors, its acts, its schedule and its idempotency keys."""

from peewee import BigIntegerField, CompositeKey, DateTimeField, IntegerField, JSONField, Model, TextField

from shared.ground import clock, ids


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class FeedRow(Table):
        kind = TextField()
        subject_id = TextField()
        tenant_id = TextField()
        version = BigIntegerField()
        position = BigIntegerField(null=True)

        class Meta:
            table_name = "feed"
            primary_key = CompositeKey("kind", "subject_id")

    class FeedState(Table):
        id = IntegerField(primary_key=True)
        epoch = TextField()
        first_version = BigIntegerField()
        last_position = BigIntegerField()

        class Meta:
            table_name = "feed_state"

    class FeedCursor(Table):
        source = TextField()
        kind = TextField()
        epoch = TextField()
        position = BigIntegerField()

        class Meta:
            table_name = "feed_cursor"
            primary_key = CompositeKey("source", "kind")

    class FeedParked(Table):
        source = TextField()
        kind = TextField()
        subject_id = TextField()
        version = BigIntegerField()
        error = TextField()
        parked_at = DateTimeField()

        class Meta:
            table_name = "feed_parked"
            primary_key = CompositeKey("source", "kind", "subject_id")

    class Act(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        at = DateTimeField()
        by = JSONField()
        verb = TextField()
        subject_kind = TextField()
        subject_id = TextField()
        reason = TextField(null=True)
        details = JSONField(null=True)
        request_id = TextField()

        class Meta:
            table_name = "act"

    class Schedule(Table):
        name = TextField(primary_key=True)
        job = TextField()
        tenant_id = TextField()
        cron = TextField()
        time_zone = TextField()
        next_due_at = DateTimeField(index=True)

        class Meta:
            table_name = "schedule"

    class ScheduleFire(Table):
        name = TextField()
        due_at = DateTimeField()
        fired_at = DateTimeField()

        class Meta:
            table_name = "schedule_fire"
            primary_key = CompositeKey("name", "due_at")

    class IdempotencyKey(Table):
        tenant_id = TextField()
        caller = TextField()
        route = TextField()
        key = TextField()
        body_hash = TextField()
        status = IntegerField(null=True)
        answer = JSONField(null=True)
        headers = JSONField(null=True)
        created_at = DateTimeField(index=True)

        class Meta:
            table_name = "idempotency_key"
            primary_key = CompositeKey("tenant_id", "caller", "route", "key")

    db.create_tables([FeedRow, FeedState, FeedCursor, FeedParked, Act, Schedule, ScheduleFire, IdempotencyKey])
    db.execute_sql("CREATE INDEX feed_position ON feed (position)")
    db.execute_sql("CREATE INDEX feed_dirty ON feed (kind, subject_id) WHERE position IS NULL")
    db.execute_sql("CREATE INDEX act_subject ON act (tenant_id, subject_id, at)")
    FeedState.create(id=1, epoch=ids.new_id(), first_version=int(clock.now().timestamp() * 1000), last_position=0)
