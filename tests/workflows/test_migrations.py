"""Databases of an earlier version keep what they hold."""

from __future__ import annotations

import json
import shutil

from services.workflows.app import MIGRATIONS
from shared.database import connection, schema_migrations

COLUMNS = (
    "id, tenant_id, title, description, status, priority, position, complexity, evidence, auto_execute, run_number, run_version,"
    " standing_effects, created_at, updated_at, version, customer_id, partnership_id, partnership_name"
)
REST = "'demo', 'T', '', 'open', 1, 0, 'simple', '[]', 0, 0, 0, '[]', '2026-11-20', '2026-11-20', 1"


def before(tmp_path, number):
    """A database as it was before the migration of this number, and the folder of those that it has had."""
    db, folder = connection.unbound_database(), tmp_path / "migrations"
    connection.connect(db, f"sqlite:///{tmp_path / 'workflows.db'}")
    folder.mkdir()
    for one in MIGRATIONS.glob("0*.py"):
        if one.name < number:
            shutil.copy(one, folder)
    schema_migrations.apply(db, folder)
    return db, folder


def test_what_tasks_are_about_becomes_one_pair(tmp_path):
    db, folder = before(tmp_path, "0007")
    with connection.session(db):
        for task_id, customer, partnership, name in (
            ("t1", "'c1'", "NULL", "NULL"),
            ("t2", "NULL", "'p1'", "'Harbor Arts'"),
            ("t3", "NULL", "NULL", "NULL"),
        ):
            values = f"'{task_id}', {REST}, {customer}, {partnership}, {name}"
            db.execute_sql(f"INSERT INTO workflow_tasks ({COLUMNS}) VALUES ({values})")
    shutil.copy(MIGRATIONS / "0007_subjects.py", folder)
    assert schema_migrations.apply(db, folder) == ["0007_subjects"]
    with connection.session(db):
        rows = db.execute_sql(
            "SELECT subject_kind, subject_id, subject_name FROM workflow_tasks ORDER BY id"
        ).fetchall()
    assert rows == [("customer", "c1", None), ("partnership", "p1", "Harbor Arts"), (None, None, None)]


def test_tasks_that_are_there_find_their_place_by_date_and_their_words(tmp_path):
    db, folder = before(tmp_path, "0013")
    columns = COLUMNS.partition(", customer_id")[0] + ", due_date"
    with connection.session(db):
        for task_id, due in (("t1", "'2026-12-01'"), ("t2", "NULL")):
            values = f"'{task_id}', {REST.replace(chr(39) + 'T' + chr(39), chr(39) + 'Call Ivan' + chr(39))}, {due}"
            db.execute_sql(f"INSERT INTO workflow_tasks ({columns}) VALUES ({values})")
    shutil.copy(MIGRATIONS / "0013_tasks_of_the_day.py", folder)
    assert schema_migrations.apply(db, folder) == ["0013_tasks_of_the_day"]
    with connection.session(db):
        places = db.execute_sql("SELECT id, due_order FROM workflow_tasks ORDER BY id").fetchall()
        words = db.execute_sql("SELECT subject_id, word, tenant_id FROM search_word ORDER BY 1, 2").fetchall()
    assert places == [("t1", "2026-12-01"), ("t2", "9999-12-31")]
    assert words == [(task, word, "demo") for task in ("t1", "t2") for word in ("call", "ivan")]


def test_signals_become_facts_scores_readings_and_dates_stay(tmp_path):
    db, folder = connection.unbound_database(), tmp_path / "migrations"
    connection.connect(db, f"sqlite:///{tmp_path / 'workflows.db'}")
    shutil.copytree(MIGRATIONS, folder)
    later = [path for path in folder.glob("0*.py") if path.name >= "0010"]
    for path in later:
        path.rename(tmp_path / path.name)
    schema_migrations.apply(db, folder)
    signals = [
        {"kind": "budget_cut", "note": "Cuts.", "percent": 15, "observedOn": "2026-10-01"},
        {"kind": "competitor", "observedOn": "in spring"},
    ]
    columns = "id, tenant_id, name, name_key, arr, currency, renewal_date, health_score, usage, signals, created_at, updated_at, version"
    with connection.session(db):
        db.execute_sql(
            f"INSERT INTO customer ({columns}) VALUES ('c1', 'demo', 'Acme', 'acme', '1.00', 'USD', '2027-05-01', 70,"
            " '{}', ?, '2026-11-20 10:00:00', '2026-11-21 11:00:00', 3)",
            (json.dumps(signals),),
        )
    for path in later:
        (tmp_path / path.name).rename(folder / path.name)
    assert schema_migrations.apply(db, folder) == [path.stem for path in sorted(later)]
    with connection.session(db):
        facts = db.execute_sql('SELECT kind, state, note, "on", details FROM customer_fact ORDER BY kind').fetchall()
        scores = db.execute_sql('SELECT measure, "on", value FROM score_reading').fetchall()
        dates = db.execute_sql("SELECT renewal_date, renewal_order, renewal_terms FROM customer").fetchall()
    assert [(*row[:4], json.loads(row[4])) for row in facts] == [
        ("budget_cut", "open", "Cuts.", "2026-10-01", {"percent": 15}),
        ("competitor", "open", "(in spring)", None, {"percent": None}),
    ]
    assert scores == [("health", "2026-11-21", 70)]
    assert dates == [("2027-05-01", "2027-05-01", "dated")]


def test_customers_get_their_places_in_lists(tmp_path):
    db, folder = before(tmp_path, "0016")
    name = "0016_lists_of_customers.py"
    columns = "id, tenant_id, name, name_key, arr, currency, renewal_order, health_score, renewal_likelihood, usage"
    contact = "id, tenant_id, customer_id, name, title, role, status, sentiment, is_primary, opted_out"
    stamps = "created_at, updated_at, version"
    with connection.session(db):
        for customer_id, arr, health, likelihood in (("a", "1200.50", "49", "NULL"), ("b", "7.00", "NULL", "50")):
            values = f"'{customer_id}', 'demo', 'N', 'n', '{arr}', 'USD', '2027-01-01', {health}, {likelihood}, '{{}}'"
            db.execute_sql(f"INSERT INTO customer ({columns}, {stamps}) VALUES ({values}, '', '', 1)")
        for number, (touch, met) in enumerate((("'2026-10-01'", "'2026-11-02'"), ("'2026-11-01'", "NULL"))):
            values = f"'c{number}', 'demo', 'a', 'N', '', 'other', 'active', 'unknown', FALSE, FALSE, {touch}, {met}"
            db.execute_sql(
                f"INSERT INTO contact ({contact}, last_touch_on, last_met_on, {stamps}) VALUES ({values}, '', '', 1)"
            )
    shutil.copy(MIGRATIONS / name, folder)
    assert schema_migrations.apply(db, folder) == [name.removesuffix(".py")]
    with connection.session(db):
        places = "id, arr_hundredths, health_order, likelihood_order, at_risk, last_touch_order"
        rows = db.execute_sql(f"SELECT {places} FROM customer ORDER BY id").fetchall()
    assert rows == [("a", 120050, 49, -1, 1, "2026-11-02"), ("b", 700, -1, 50, 0, "0001-01-01")]
