"""Due triggers are started one by one, what fails pauses; and snoozed tasks of all tenants are found by the moment they come back."""

from peewee import DateTimeField, IntegerField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("workflow_trigger", "failures", IntegerField(default=0)),
        migrator.add_column("workflow_trigger", "not_before", DateTimeField(null=True)),
    )
    db.execute_sql(
        "CREATE INDEX workflow_trigger_released ON workflow_trigger (not_before) WHERE not_before IS NOT NULL"
    )
    db.execute_sql("CREATE INDEX idx_tasks_resurfacing ON workflow_tasks (snoozed_until) WHERE status = 'snoozed'")
