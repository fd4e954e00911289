"""When the read model last held all that a source had."""

from peewee import DateTimeField, Model, TextField


def up(migrator, db):
    class SourceLook(Model):
        source = TextField(primary_key=True)
        at = DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([SourceLook])
