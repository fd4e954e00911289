"""The first tables of guided runs, and the copies of tenants and people."""

from peewee import BigIntegerField, BooleanField, DateTimeField, IntegerField, JSONField, Model, TextField


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class GuidedRun(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        name = TextField()
        description = TextField()
        status = TextField()
        template_id = TextField(null=True)
        owner = TextField(null=True)
        linked_partnership_ids = JSONField()
        outcome = TextField(null=True)
        created_at = DateTimeField()
        completed_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "guided_run"
            indexes = ((("tenant_id", "created_at", "id"), False), (("tenant_id", "status", "created_at", "id"), False))

    class Tenant(Table):
        id = TextField(primary_key=True)
        name = TextField()
        time_zone = TextField()
        country = TextField()
        source_version = BigIntegerField()

    class Person(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField(index=True)
        name = TextField()
        email = TextField()
        active = BooleanField()
        source_version = BigIntegerField()

    db.create_tables([GuidedRun, Tenant, Person])
