"""A mail or an invitation waits before it leaves, and says what taking it back restores."""

from peewee import DateTimeField, JSONField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("delivery", "leaves_at", DateTimeField(null=True)),
        migrator.add_column("delivery", "undoes", JSONField(null=True)),
    )
