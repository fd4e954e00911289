"""What was done with many customers at once is kept for a while, so that it can be taken back."""

from peewee import DateTimeField, IntegerField, JSONField, Model, TextField


def up(migrator, db):
    class CustomerBatch(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        action = TextField()
        by = JSONField()
        changes = JSONField()
        created_at = DateTimeField()
        undone_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            database = db
            table_name = "customer_batch"
            indexes = ((("created_at",), False),)

    db.create_tables([CustomerBatch])
