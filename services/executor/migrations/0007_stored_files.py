"""Files in the file store: who has which, under which name, and of which type."""

from peewee import BigIntegerField, CompositeKey, DateTimeField, JSONField, Model, TextField


def up(migrator, db):
    class StoredFile(Model):
        tenant_id = TextField()
        sha256 = TextField()
        name = TextField()
        media_type = TextField()
        size = BigIntegerField()
        created_at = DateTimeField()
        by = JSONField()

        class Meta:
            database = db
            table_name = "stored_file"
            primary_key = CompositeKey("tenant_id", "sha256")

    db.create_tables([StoredFile])
