"""Where a password was tried from, and the browsers in which people have signed in before."""

from peewee import CompositeKey, DateTimeField, Model, TextField


def up(migrator, db):
    class KnownDevice(Model):
        id = TextField()
        tenant_id = TextField()
        person_id = TextField()
        used_at = DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            primary_key = CompositeKey("person_id", "id")

    db.create_tables([KnownDevice])
    db.execute_sql("ALTER TABLE sign_in_attempt ADD COLUMN origin TEXT NOT NULL DEFAULT ''")
    db.execute_sql("CREATE INDEX sign_in_attempt_of_origin ON sign_in_attempt (origin, at)")
