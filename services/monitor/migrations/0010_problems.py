"""Failed AI tasks are listed by the moment at which they failed, and can be set aside."""

from peewee import DateTimeField, Model, TextField


def up(migrator, db):
    class SetAside(Model):
        run_id = TextField(primary_key=True)
        tenant_id = TextField()
        by_id = TextField()
        by_name = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([SetAside])
    db.execute_sql(
        "CREATE INDEX run_failed_task ON run (tenant_id, completed_at, id) WHERE kind = 'ai_task' AND status = 'failed'"
    )
