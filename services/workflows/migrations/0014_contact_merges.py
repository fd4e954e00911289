"""Merges of contacts, with what they changed, so that a merge can be undone."""

from peewee import DateTimeField, IntegerField, JSONField, Model, TextField


def up(migrator, db):
    class ContactMerge(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        kept_id = TextField()
        kept_version = IntegerField()
        before = JSONField()
        merged = JSONField()
        references = JSONField()
        by = JSONField()
        created_at = DateTimeField()
        undone_at = DateTimeField(null=True)
        version = IntegerField(default=1)

        class Meta:
            database = db
            table_name = "contact_merge"
            indexes = ((("tenant_id", "kept_id", "created_at", "id"), False),)

    db.create_tables([ContactMerge])
