"""A person can hide the first steps on the home page."""

from peewee import BooleanField


def up(migrator, db):
    migrator.migrate(migrator.add_column("person", "first_steps_hidden", BooleanField(default=False)))
