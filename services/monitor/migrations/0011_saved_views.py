"""Views of lists that people keep under a name."""

from peewee import BigIntegerField, BooleanField, DateTimeField, Model, TextField


def up(migrator, db):
    class SavedView(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        page = TextField()
        owner = TextField()
        name = TextField()
        query = TextField()
        shared = BooleanField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = BigIntegerField(default=1)

        class Meta:
            database = db
            table_name = "saved_view"
            indexes = ((("tenant_id", "page", "name", "id"), False), (("tenant_id", "page", "owner", "name"), True))

    db.create_tables([SavedView])
