"""Tasks that another context asked for: of which partnership they are, and whose work; and the hours that a tenant works."""

from peewee import JSONField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("tenant", "working_hours", JSONField(null=True)),
        migrator.add_column("workflow_tasks", "partnership_id", TextField(null=True)),
        migrator.add_column("workflow_tasks", "partnership_name", TextField(null=True)),
        migrator.add_column("workflow_tasks", "source_service", TextField(null=True)),
        migrator.add_column("workflow_tasks", "source_kind", TextField(null=True)),
        migrator.add_column("workflow_tasks", "source_id", TextField(null=True)),
    )
    db.execute_sql(
        "CREATE INDEX idx_tasks_partnership ON workflow_tasks (tenant_id, partnership_id, priority, created_at, position, id)"
        " WHERE partnership_id IS NOT NULL"
    )
