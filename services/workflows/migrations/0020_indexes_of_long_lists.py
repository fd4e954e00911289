"""Lists of tasks are read, tested and counted from their indexes alone, and the workflows of a customer or an owner are
found by their status; indexes that an engine could mistake for these go."""

TASKS = "priority, created_at, position, id"
DAY, RETURN, END = "due_order, priority, id", "snoozed_until, id", "completed_at, id"
TESTED = "parent_task_id, status, auto_execute"
TO_DO = "status IN ('open', 'in_progress') AND NOT auto_execute"
SNOOZED, COMPLETED = "status = 'snoozed'", "status = 'completed'"
GONE = (
    *("list", "status", "owner", "due", "auto_execute", "execution_status", "todo", "todo_owner", "todo_counted"),
    *("snoozed", "snoozed_owner", "completed", "completed_owner"),
)
INDEXES = (
    ("list", f"{TASKS}, owner, {TESTED}, execution_status", None),
    ("status", f"status, {TASKS}, owner, parent_task_id, auto_execute", None),
    ("owner", f"owner, {TASKS}, {TESTED}, execution_status", None),
    ("due", f"{DAY}, owner, {TESTED}", None),
    ("todo_counted", f"subject_kind, subject_id, {TESTED}", f"{TO_DO} AND parent_task_id IS NULL"),
    ("todo", f"{DAY}, owner, {TESTED}", TO_DO),
    ("todo_owner", f"owner, {DAY}, {TESTED}", TO_DO),
    ("snoozed", f"{RETURN}, owner, {TESTED}", SNOOZED),
    ("snoozed_owner", f"owner, {RETURN}, {TESTED}", SNOOZED),
    ("completed", f"{END}, owner, {TESTED}", COMPLETED),
    ("completed_owner", f"owner, {END}, {TESTED}", COMPLETED),
    ("auto_execute", f"{TASKS}, owner, {TESTED}, execution_status", "auto_execute"),
    ("auto_execute_owner", f"owner, {TASKS}, {TESTED}, execution_status", "auto_execute"),
    ("execution_status", f"execution_status, {TASKS}, owner, {TESTED}", "execution_status IS NOT NULL"),
)


def up(migrator, db):
    for name in GONE:
        db.execute_sql(f"DROP INDEX idx_tasks_{name}")
    for name, columns, where in INDEXES:
        only = f" WHERE {where}" if where else ""
        db.execute_sql(f"CREATE INDEX idx_tasks_{name} ON workflow_tasks (tenant_id, {columns}){only}")
    for name, columns in (
        ("of_owner", "owner, status, created_at, id"),
        ("of_customer", "customer_id, status, created_at, id"),
    ):
        db.execute_sql(f"CREATE INDEX workflow_execution_{name} ON workflow_execution (tenant_id, {columns})")
    db.execute_sql(
        "CREATE INDEX workflow_trigger_of_customer ON workflow_trigger"
        " (tenant_id, customer_id, status, trigger_date, id)"
    )
    db.execute_sql(
        "CREATE INDEX customer_ahead ON customer (tenant_id, renewal_order, owner, currency, at_risk, arr_hundredths)"
    )
