"""How a reader notices that a database was put back from an older copy, and how a parked change is tried again."""

from peewee import AutoField, BigIntegerField, DateTimeField, IntegerField, Model, TextField


def up(migrator, db):
    class FeedGeneration(Model):
        number = AutoField()
        token = TextField(unique=True)
        first_position = BigIntegerField()

        class Meta:
            database = db
            table_name = "feed_generation"

    db.create_tables([FeedGeneration])
    migrator.migrate(
        migrator.add_column("feed_cursor", "generation", TextField(default="")),
        migrator.add_column("feed_cursor", "forget_below", BigIntegerField(null=True)),
        migrator.add_column("feed_parked", "tenant_id", TextField(default="")),
        migrator.add_column("feed_parked", "tries", IntegerField(default=1)),
        migrator.add_column("feed_parked", "retry_at", DateTimeField(null=True)),
    )
