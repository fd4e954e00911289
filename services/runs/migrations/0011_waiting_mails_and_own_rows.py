"""A mail waits before it leaves, and says what taking it back restores; a step shows its owner's rows, or everybody's."""

from peewee import DateTimeField, JSONField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("delivery", "leaves_at", DateTimeField(null=True)),
        migrator.add_column("delivery", "undoes", JSONField(null=True)),
        migrator.add_column("guided_step", "whose", TextField(null=True)),
    )
