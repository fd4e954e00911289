"""A schedule that could not be fired pauses before it is tried again; and the row that a service writes to know that it can."""

from peewee import DateTimeField, IntegerField, Model


def up(migrator, db):
    class Readiness(Model):
        id = IntegerField(primary_key=True)
        checks = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "readiness"

    migrator.migrate(
        migrator.add_column("schedule", "failures", IntegerField(default=0)),
        migrator.add_column("schedule", "not_before", DateTimeField(null=True)),
    )
    db.create_tables([Readiness])
    Readiness.create(id=1, force_insert=True)
