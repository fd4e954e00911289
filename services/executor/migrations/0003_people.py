"""A copy of the monitor's people: who may come in, and who may be named as an owner."""

from peewee import BigIntegerField, BooleanField, Model, TextField


def up(migrator, db):
    class Person(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField(index=True)
        name = TextField()
        email = TextField()
        active = BooleanField()
        source_version = BigIntegerField()

        class Meta:
            database = db

    db.create_tables([Person])
