"""The migrated schema is what the models say, and each list has its index."""

from __future__ import annotations

import pytest
from playhouse.schema_diff import diff_models

from services.monitor.models import database, lists
from shared import database as shared_database
from tests.monitor.conftest import TABLES


def test_the_models_are_what_the_migrations_made(monitor):
    found = diff_models(database.obj, list(TABLES))
    assert (found.create_tables, found.add_columns, found.drop_columns) == ([], [], [])
    assert (found.add_indexes, found.drop_indexes) == ([], [])


LISTS = [
    ({}, "-createdAt", "run_newest"),
    ({}, "createdAt", "run_newest"),
    ({}, "status", "run_by_status"),
    ({}, "-status", "run_by_status"),
    ({}, "durationMs", "run_by_duration"),
    ({}, "-durationMs", "run_by_duration"),
    ({"status": "failed"}, "-createdAt", "run_by_status"),
    ({"kind": "guided_run"}, "-createdAt", "run_by_kind"),
    ({"kind": "ai_task"}, "-createdAt", "run_newest"),
    ({"kind": "ai_task"}, "-durationMs", "run_by_duration"),
    ({"kind": "ai_task", "status": "failed"}, "-createdAt", "run_by_status"),
    ({"workflow": "Discovery: Acme"}, "-createdAt", "run_by_name"),
    ({"workflow": "discovery"}, "-createdAt", "run_by_workflow"),
]


@pytest.mark.parametrize(("filters", "sort", "index"), LISTS)
def test_each_list_walks_its_index_and_sorts_nothing(monitor, filters, sort, index):
    if shared_database.is_postgres(database):
        pytest.skip("PostgreSQL reads an empty table whole, whatever its indexes")
    query = (
        lists.listing("demo", **filters)
        .order_by(*(getattr(field, way)() for field, way in lists.order(sort)))
        .limit(50)
    )
    plan = " ".join(
        row[3] for row in database.execute_sql("EXPLAIN QUERY PLAN " + query.sql()[0], query.sql()[1]).fetchall()
    )
    assert index in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("-createdAt", "run_newest_everywhere"),
        ("status", "run_by_status_everywhere"),
        ("-durationMs", "run_by_duration_everywhere"),
    ],
)
def test_so_does_each_list_of_all_tenants(monitor, sort, index):
    if shared_database.is_postgres(database):
        pytest.skip("PostgreSQL reads an empty table whole, whatever its indexes")
    query = lists.listing("*").order_by(*(getattr(field, way)() for field, way in lists.order(sort))).limit(50)
    plan = " ".join(
        row[3] for row in database.execute_sql("EXPLAIN QUERY PLAN " + query.sql()[0], query.sql()[1]).fetchall()
    )
    assert index in plan
    assert "TEMP B-TREE" not in plan
