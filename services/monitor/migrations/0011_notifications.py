"""Notifications say who caused them and which run they are of; people choose what they are told, and when a digest is mailed to them,
which the executor is asked for."""

from peewee import BooleanField, DateTimeField, IntegerField, JSONField, Model, TextField

COLUMNS = ("by_id TEXT", "group_id TEXT")


def up(migrator, db):
    class NotificationSetting(Model):
        person_id = TextField(primary_key=True)
        tenant_id = TextField()
        muted = JSONField()
        mailed = JSONField()
        digest_hour = IntegerField(null=True)
        time_zone = TextField()
        told_until = DateTimeField()
        next_due_at = DateTimeField(null=True)
        failures = IntegerField()
        not_before = DateTimeField(null=True)

        class Meta:
            database = db
            legacy_table_names = False

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
            legacy_table_names = False

    db.create_tables([NotificationSetting, Request])
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE notification ADD COLUMN {column}")
    for index in (
        "notification_setting_due ON notification_setting (next_due_at) WHERE next_due_at IS NOT NULL",
        "notification_of_group ON notification (tenant_id, group_id) WHERE group_id IS NOT NULL",
        "request_age ON request (kind, created_at)",
        "request_held ON request (release_at) WHERE NOT released",
    ):
        db.execute_sql(f"CREATE INDEX {index}")
