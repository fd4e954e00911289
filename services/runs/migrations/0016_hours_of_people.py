"""The replica of a person holds their own time zone and working hours; None is those of the tenant."""

from peewee import JSONField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("person", "time_zone", TextField(null=True)),
        migrator.add_column("person", "working_hours", JSONField(null=True)),
    )
