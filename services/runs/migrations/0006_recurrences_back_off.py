"""A recurrence that could not start its run pauses before it is tried again."""

from peewee import DateTimeField, IntegerField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("recurrence", "failures", IntegerField(default=0)),
        migrator.add_column("recurrence", "not_before", DateTimeField(null=True)),
    )
