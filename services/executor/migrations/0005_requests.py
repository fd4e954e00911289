"""A request says which row it comes from, as the requests of the other services do."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE request RENAME COLUMN task_id TO source_id")
    db.execute_sql("DROP INDEX request_task_id")
    db.execute_sql("CREATE INDEX request_source_id ON request (source_id)")
