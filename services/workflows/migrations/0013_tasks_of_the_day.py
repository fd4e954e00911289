"""Tasks are listed by their due date, found by words, commented, and moved many at once; undated ones come last in a list by date."""

from peewee import CompositeKey, DateTimeField, IntegerField, JSONField, Model, TextField

from shared.search.terms import words_of

TO_DO = "status IN ('open', 'in_progress') AND NOT auto_execute"
INDEXES = (
    ("idx_tasks_todo", "tenant_id, due_order, priority, id", TO_DO),
    ("idx_tasks_todo_owner", "tenant_id, owner, due_order, priority, id", TO_DO),
    ("idx_tasks_todo_subject", "tenant_id, subject_kind, subject_id, due_order, priority, id", TO_DO),
    ("idx_tasks_snoozed_owner", "tenant_id, owner, snoozed_until, id", "status = 'snoozed'"),
    ("idx_tasks_completed", "tenant_id, completed_at, id", "status = 'completed'"),
    ("idx_tasks_completed_owner", "tenant_id, owner, completed_at, id", "status = 'completed'"),
)
MOST_WORDS = 200
AT_ONCE = 500


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class TaskComment(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        task_id = TextField()
        body = TextField()
        mentions = JSONField()
        by = JSONField()
        at = DateTimeField()
        deleted_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "task_comment"
            indexes = ((("tenant_id", "task_id", "at", "id"), False),)

    class TaskBatch(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        action = TextField()
        by = JSONField()
        receipts = JSONField()
        changes = JSONField()
        created_at = DateTimeField()
        undone_at = DateTimeField(null=True)
        version = IntegerField()

        class Meta:
            table_name = "task_batch"
            indexes = ((("created_at",), False),)

    class SearchWord(Table):
        kind = TextField()
        subject_id = TextField()
        word = TextField()
        tenant_id = TextField()
        place = TextField()

        class Meta:
            table_name = "search_word"
            primary_key = CompositeKey("kind", "subject_id", "word")

    db.create_tables([TaskComment, TaskBatch])
    db.execute_sql("ALTER TABLE workflow_tasks ADD COLUMN due_order DATE NOT NULL DEFAULT '9999-12-31'")
    db.execute_sql("UPDATE workflow_tasks SET due_order = due_date WHERE due_date IS NOT NULL")
    db.execute_sql("DROP INDEX idx_tasks_due")
    db.execute_sql("CREATE INDEX idx_tasks_due ON workflow_tasks (tenant_id, due_order)")
    for name, columns, where in INDEXES:
        db.execute_sql(f"CREATE INDEX {name} ON workflow_tasks ({columns}) WHERE {where}")
    found = db.execute_sql("SELECT id, tenant_id, title, subject_name FROM workflow_tasks").fetchall()
    rows = [
        {"kind": "task", "subject_id": row_id, "word": word, "tenant_id": tenant_id, "place": ""}
        for row_id, tenant_id, *texts in found
        for word in words_of(*texts, most=MOST_WORDS)
    ]
    for start in range(0, len(rows), AT_ONCE):
        SearchWord.insert_many(rows[start : start + AT_ONCE]).execute()
