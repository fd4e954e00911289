"""Customers are listed by every column: their places in lists are columns that are never null, with an index each."""

from datetime import date
from decimal import Decimal

NEVER_TOUCHED, NOT_SCORED, AT_RISK_BELOW = date.min, -1, 50


def up(migrator, db):
    for definition in (
        "arr_hundredths BIGINT NOT NULL DEFAULT 0",
        f"health_order INTEGER NOT NULL DEFAULT {NOT_SCORED}",
        f"likelihood_order INTEGER NOT NULL DEFAULT {NOT_SCORED}",
        "at_risk BOOLEAN NOT NULL DEFAULT FALSE",
        f"last_touch_order DATE NOT NULL DEFAULT '{NEVER_TOUCHED.isoformat()}'",
    ):
        db.execute_sql(f"ALTER TABLE customer ADD COLUMN {definition}")
    for customer_id, arr in db.execute_sql("SELECT id, arr FROM customer").fetchall():
        hundredths = int(Decimal(arr) * 100)
        db.execute_sql(
            f"UPDATE customer SET arr_hundredths = {db.param} WHERE id = {db.param}",  # noqa: S608
            (hundredths, customer_id),
        )
    db.execute_sql(
        f"UPDATE customer SET health_order = COALESCE(health_score, {NOT_SCORED}),"  # noqa: S608
        f" likelihood_order = COALESCE(renewal_likelihood, {NOT_SCORED}),"
        f" at_risk = (COALESCE(health_score, {AT_RISK_BELOW}) < {AT_RISK_BELOW}"
        f" OR COALESCE(renewal_likelihood, {AT_RISK_BELOW}) < {AT_RISK_BELOW})"
    )
    for column in ("last_touch_on", "last_met_on"):
        db.execute_sql(
            f"UPDATE customer SET last_touch_order = latest.day FROM (SELECT customer_id, MAX({column}) AS day"  # noqa: S608
            f" FROM contact WHERE {column} IS NOT NULL GROUP BY customer_id) AS latest"
            " WHERE latest.customer_id = customer.id AND latest.day > customer.last_touch_order"
        )
    db.execute_sql("DROP INDEX customer_tenant_id_name_key")
    for columns in (
        ("at_risk", "renewal_order", "id"),
        ("name_key", "id"),
        ("arr_hundredths", "id"),
        ("health_order", "id"),
        ("likelihood_order", "id"),
        ("last_touch_order", "id"),
        ("currency", "arr_hundredths"),
        ("tier",),
        ("time_zone",),
    ):
        name = f"customer_tenant_id_{'_'.join(columns)}"
        db.execute_sql(f"CREATE INDEX {name} ON customer (tenant_id, {', '.join(columns)})")
    db.execute_sql(
        "CREATE INDEX idx_tasks_todo_counted ON workflow_tasks (tenant_id, subject_kind, subject_id)"
        " WHERE status IN ('open', 'in_progress') AND NOT auto_execute AND parent_task_id IS NULL"
    )
    db.execute_sql(
        "CREATE INDEX customer_hold_standing ON customer_hold (tenant_id, customer_id) WHERE lifted_at IS NULL"
    )
