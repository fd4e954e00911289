"""Work that is done once for each tenant, such as the samples' own, is noted."""

from peewee import CompositeKey, DateTimeField, Model, TextField


def up(migrator, db):
    class OneTimeWork(Model):
        tenant_id = TextField()
        name = TextField()
        done_at = DateTimeField()

        class Meta:
            database = db
            table_name = "one_time_work"
            primary_key = CompositeKey("tenant_id", "name")

    db.create_tables([OneTimeWork])
