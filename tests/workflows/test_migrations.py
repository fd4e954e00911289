"""Databases of an earlier version keep what they hold."""

from __future__ import annotations

import shutil

from services.workflows.app import MIGRATIONS
from shared.database import connection, schema_migrations

COLUMNS = (
    "id, tenant_id, title, description, status, priority, position, complexity, evidence, auto_execute, run_number, run_version,"
    " standing_effects, created_at, updated_at, version, customer_id, partnership_id, partnership_name"
)
REST = "'demo', 'T', '', 'open', 1, 0, 'simple', '[]', 0, 0, 0, '[]', '2026-11-20', '2026-11-20', 1"


def test_what_tasks_are_about_becomes_one_pair(tmp_path):
    db, folder = connection.unbound_database(), tmp_path / "migrations"
    connection.connect(db, f"sqlite:///{tmp_path / 'workflows.db'}")
    shutil.copytree(MIGRATIONS, folder)
    (folder / "0007_subjects.py").rename(tmp_path / "0007_subjects.py")
    schema_migrations.apply(db, folder)
    with connection.session(db):
        for task_id, customer, partnership, name in (
            ("t1", "'c1'", "NULL", "NULL"),
            ("t2", "NULL", "'p1'", "'Harbor Arts'"),
            ("t3", "NULL", "NULL", "NULL"),
        ):
            values = f"'{task_id}', {REST}, {customer}, {partnership}, {name}"
            db.execute_sql(f"INSERT INTO workflow_tasks ({COLUMNS}) VALUES ({values})")
    (tmp_path / "0007_subjects.py").rename(folder / "0007_subjects.py")
    assert schema_migrations.apply(db, folder) == ["0007_subjects"]
    with connection.session(db):
        rows = db.execute_sql(
            "SELECT subject_kind, subject_id, subject_name FROM workflow_tasks ORDER BY id"
        ).fetchall()
    assert rows == [("customer", "c1", None), ("partnership", "p1", "Harbor Arts"), (None, None, None)]
