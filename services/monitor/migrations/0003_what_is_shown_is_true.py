"""Guided runs wait for a person; AI tasks that no other run speaks for are listed and counted; what goes on is sorted by how long; runs
are found by the end of their id, and acts by who did them."""

from peewee import PostgresqlDatabase

HOURS = {
    True: "date_trunc('hour', created_at)",
    False: "substr(created_at, 1, 13) || ':00:00.000000'",
}
DAYS = {
    True: "date_trunc('day', created_at)",
    False: "substr(created_at, 1, 10) || ' 00:00:00.000000'",
}
SOURCES = {
    True: "(SELECT context::json -> 'source' ->> 'kind' FROM run_detail WHERE run_detail.run_id = run.id)",
    False: "(SELECT json_extract(context, '$.source.kind') FROM run_detail WHERE run_detail.run_id = run.id)",
}
BEGUN_MS = {
    True: "(extract(epoch FROM started_at) * 1000)::bigint",
    False: "CAST(round((julianday(started_at) - 2440587.5) * 86400000) AS INTEGER)",
}
"""Each by whether it is PostgreSQL."""

INDEXES = (
    "run_retried ON run (retry_of) WHERE retry_of IS NOT NULL",
    "run_by_tail ON run (substr(id, length(id) - 7))",
    "trail_act_of_actor ON trail_act (tenant_id, by_id, at, id)",
)


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    for index in INDEXES:
        db.execute_sql(f"CREATE INDEX {index}")
    db.execute_sql(
        "UPDATE run SET status = 'waiting' WHERE kind = 'guided_run' AND own_status = 'in_progress' AND shelf <> 'gone'"
    )
    db.execute_sql(
        "UPDATE run_step SET status = 'waiting' WHERE status = 'running'"
        " AND run_id IN (SELECT id FROM run WHERE kind = 'guided_run')"
    )
    db.execute_sql(
        "UPDATE run SET shelf = 'alone' WHERE kind = 'ai_task' AND shelf = 'tasks' AND parent_id IS NULL"  # noqa: S608
        f" AND (status = 'failed' OR COALESCE({SOURCES[postgres]}, '') <> 'guided-run')"
        " AND NOT EXISTS (SELECT 1 FROM run AS again WHERE again.retry_of = run.id)"
    )
    db.execute_sql(
        f"UPDATE run SET duration_rank = -{BEGUN_MS[postgres]} WHERE duration_ms IS NULL AND started_at IS NOT NULL"  # noqa: S608
    )
    _count_again(db, HOURS[postgres], DAYS[postgres])


def _count_again(db, hours, days):
    for counter in ("run_hour", "run_day"):
        db.execute_sql(f"DELETE FROM {counter}")  # noqa: S608
    counted = "FROM run WHERE shelf IN ('listed', 'alone')"
    db.execute_sql(
        "INSERT INTO run_hour (tenant_id, at, status, runs, timed, duration_ms)"
        f" SELECT tenant_id, {hours}, status, count(*), count(duration_ms), COALESCE(sum(duration_ms), 0) {counted}"
        f" GROUP BY tenant_id, {hours}, status"
    )
    db.execute_sql(
        "INSERT INTO run_day (tenant_id, at, status, bucket, runs)"
        f" SELECT tenant_id, {days}, status, duration_bucket, count(*) {counted} AND duration_ms IS NOT NULL"
        f" GROUP BY tenant_id, {days}, status, duration_bucket"
    )
