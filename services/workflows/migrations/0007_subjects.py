"""What a task is about is one pair, whatever kind of thing that is: `subject_kind` and `subject_id`, with its name where another context owns it.

A task that names both a customer and a partnership, as no sender's does, stays with the customer.
"""

from peewee import TextField

TABLE = "workflow_tasks"


def up(migrator, db):
    names = ("subject_kind", "subject_id", "subject_name")
    migrator.migrate(*[migrator.add_column(TABLE, name, TextField(null=True)) for name in names])
    db.execute_sql(
        "UPDATE workflow_tasks SET subject_kind = 'partnership', subject_id = partnership_id, subject_name = partnership_name"
        " WHERE partnership_id IS NOT NULL AND customer_id IS NULL"
    )
    db.execute_sql(
        "UPDATE workflow_tasks SET subject_kind = 'customer', subject_id = customer_id WHERE customer_id IS NOT NULL"
    )
    for index in ("idx_tasks_customer", "idx_tasks_partnership"):
        db.execute_sql(f"DROP INDEX {index}")
    for column in ("customer_id", "partnership_id", "partnership_name"):
        db.execute_sql(f"ALTER TABLE workflow_tasks DROP COLUMN {column}")
    db.execute_sql(
        "CREATE INDEX idx_tasks_subject ON workflow_tasks"
        " (tenant_id, subject_kind, subject_id, priority, created_at, position, id)"
    )
