"""The replica of a tenant holds its working hours, as in every other context."""

from peewee import JSONField


def up(migrator, db):
    migrator.migrate(migrator.add_column("tenant", "working_hours", JSONField(null=True)))
