"""How many sub-tasks of a task are done is counted from one index, which SQLite mistakes for no other."""


def up(migrator, db):
    db.execute_sql("DROP INDEX idx_tasks_parent")
    db.execute_sql(
        "CREATE INDEX idx_tasks_parent ON workflow_tasks"
        " (tenant_id, parent_task_id, priority, created_at, position, id, status)"
    )
