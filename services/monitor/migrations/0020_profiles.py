"""People have a profile (time zone, working hours, theme), and are invited by e-mail."""

from peewee import DateTimeField, JSONField, Model, TextField


def up(migrator, db):
    class Invitation(Model):
        person_id = TextField(primary_key=True)
        tenant_id = TextField()
        link_id = TextField()
        sent_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([Invitation])
    migrator.migrate(
        migrator.add_column("person", "time_zone", TextField(null=True)),
        migrator.add_column("person", "working_hours", JSONField(null=True)),
        migrator.add_column("person", "theme", TextField(default="system")),
    )
    db.execute_sql("CREATE INDEX sign_in_link_of_person ON sign_in_link (person_id)")
