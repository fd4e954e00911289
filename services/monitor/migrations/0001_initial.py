"""Tenants, people and their sessions; the read model of runs; notifications and the trail."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    DateTimeField,
    IntegerField,
    JSONField,
    Model,
    PostgresqlDatabase,
    TextField,
)


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db
            legacy_table_names = False

    def ordered_by_bytes(**options):
        """Text whose ranges and order are the same on both engines, so that a prefix is a range of an index."""
        return TextField(collation='"C"' if isinstance(db, PostgresqlDatabase) else None, **options)

    class Tenant(Table):
        id = TextField(primary_key=True)
        name = TextField()
        time_zone = TextField()
        country = TextField()
        working_hours = JSONField()
        created_at = DateTimeField()
        version = BigIntegerField()

    class Person(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        name = TextField()
        email = TextField(unique=True)
        role = TextField()
        active = BooleanField()
        password_hash = TextField(null=True)
        created_at = DateTimeField()
        version = BigIntegerField()

    class Session(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        person_id = TextField()
        created_at = DateTimeField()
        expires_at = DateTimeField()
        revoked_at = DateTimeField(null=True)

    class SignInLink(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        person_id = TextField()
        created_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

    class SignInAttempt(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        email = TextField()
        at = DateTimeField()

    class Run(Table):
        id = ordered_by_bytes(primary_key=True)
        tenant_id = TextField()
        kind = TextField()
        workflow_name = TextField()
        workflow_key = ordered_by_bytes()
        status = ordered_by_bytes()
        owner = TextField(null=True)
        subject_id = TextField(null=True)
        subject_name = TextField(null=True)
        steps_done = IntegerField()
        steps_total = IntegerField()
        current_step = TextField(null=True)
        created_at = DateTimeField()
        started_at = DateTimeField(null=True)
        completed_at = DateTimeField(null=True)
        duration_ms = BigIntegerField(null=True)
        duration_rank = BigIntegerField()
        duration_bucket = IntegerField()
        retry_of = TextField(null=True)
        error_summary = TextField(null=True)
        parent_id = TextField(null=True)
        origin = TextField(null=True)
        retry_number = IntegerField()
        attempts = IntegerField()
        own_status = TextField()
        human_work = BooleanField()
        own_completed_at = DateTimeField(null=True)
        version = BigIntegerField()
        shelf = ordered_by_bytes()

    class RunDetail(Table):
        run_id = TextField(primary_key=True)
        tenant_id = TextField()
        trigger_payload = JSONField(null=True)
        context = JSONField(null=True)
        result = JSONField(null=True)
        error = JSONField(null=True)

    class RunStep(Table):
        run_id = TextField()
        id = ordered_by_bytes()
        tenant_id = TextField()
        order_index = IntegerField()
        kind = TextField()
        name = TextField()
        status = TextField()
        cache_hit = BooleanField()
        started_at = DateTimeField(null=True)
        completed_at = DateTimeField(null=True)
        duration_ms = BigIntegerField(null=True)
        summary = TextField(null=True)
        input = JSONField(null=True)
        output = JSONField(null=True)
        version = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("run_id", "id")

    class RunWord(Table):
        tenant_id = TextField()
        word = ordered_by_bytes()
        run_id = ordered_by_bytes()
        created_at = DateTimeField()

        class Meta:
            primary_key = CompositeKey("run_id", "word")

    class RunHour(Table):
        tenant_id = TextField()
        at = DateTimeField()
        status = TextField()
        runs = BigIntegerField()
        timed = BigIntegerField()
        duration_ms = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("tenant_id", "at", "status")

    class RunDay(Table):
        tenant_id = TextField()
        at = DateTimeField()
        status = TextField()
        bucket = IntegerField()
        runs = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("tenant_id", "at", "status", "bucket")

    class Notification(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        recipient_id = TextField(null=True)
        kind = TextField()
        title = TextField()
        body = TextField()
        link = TextField(null=True)
        source = TextField()
        created_at = DateTimeField()

    class NotificationRead(Table):
        person_id = TextField()
        notification_id = TextField()
        tenant_id = TextField()
        at = DateTimeField()

        class Meta:
            primary_key = CompositeKey("person_id", "notification_id")

    class TrailAct(Table):
        id = ordered_by_bytes(primary_key=True)
        tenant_id = TextField()
        at = DateTimeField()
        source = TextField()
        by_kind = TextField()
        by_id = TextField()
        by_name = TextField()
        verb = TextField()
        subject_kind = TextField()
        subject_id = TextField()
        reason = TextField(null=True)
        details = JSONField(null=True)
        request_id = TextField()

    db.create_tables(
        [
            Tenant,
            Person,
            Session,
            SignInLink,
            SignInAttempt,
            Run,
            RunDetail,
            RunStep,
            RunWord,
            RunHour,
            RunDay,
            Notification,
            NotificationRead,
            TrailAct,
        ]
    )
    for index in INDEXES:
        db.execute_sql(f"CREATE INDEX {index}")


INDEXES = (
    "person_of_tenant ON person (tenant_id, name, id)",
    "session_of_person ON session (person_id)",
    "sign_in_attempt_recent ON sign_in_attempt (email, at)",
    "run_newest ON run (tenant_id, shelf, created_at, id)",
    "run_by_status ON run (tenant_id, shelf, status, created_at, id)",
    "run_by_duration ON run (tenant_id, shelf, duration_rank, id)",
    "run_by_kind ON run (tenant_id, shelf, kind, created_at, id)",
    "run_by_workflow ON run (tenant_id, shelf, workflow_key, created_at, id)",
    "run_by_name ON run (workflow_name, created_at, id)",
    "run_by_subject ON run (tenant_id, subject_id, shelf, created_at)",
    "run_of_parent ON run (parent_id, origin) WHERE parent_id IS NOT NULL",
    "run_newest_everywhere ON run (shelf, created_at, id)",
    "run_by_status_everywhere ON run (shelf, status, created_at, id)",
    "run_by_duration_everywhere ON run (shelf, duration_rank, id)",
    "run_step_found ON run_step (tenant_id, id)",
    "run_word_found ON run_word (tenant_id, word, created_at, run_id)",
    "run_word_found_everywhere ON run_word (word, created_at, run_id)",
    "notification_newest ON notification (tenant_id, created_at, id)",
    "notification_of_person ON notification (tenant_id, recipient_id, created_at, id)",
    "trail_act_newest ON trail_act (tenant_id, at, id)",
    "trail_act_of_subject ON trail_act (tenant_id, subject_id, at)",
)
