"""An execution has one trigger within its tenant: what another tenant calls by the same id is none of its business."""

from peewee import PostgresqlDatabase


def up(migrator, db):
    if isinstance(db, PostgresqlDatabase):
        rows = db.execute_sql(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'workflow_trigger'"
            " AND indexdef LIKE %s",
            ("%UNIQUE%(execution_id)",),
        )
    else:
        rows = db.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'workflow_trigger'"
            " AND sql LIKE '%UNIQUE%(\"execution_id\")'"
        )
    for (name,) in rows.fetchall():
        db.execute_sql(f'DROP INDEX "{name}"')
    db.execute_sql("CREATE UNIQUE INDEX workflow_trigger_of_execution ON workflow_trigger (tenant_id, execution_id)")
