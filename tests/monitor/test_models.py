"""The migrated schema is what the models say, and each list has its index."""

from __future__ import annotations

import pytest
from playhouse.schema_diff import diff_models

from services.monitor.models import database, finding, lists, trail
from services.monitor.models.runs import Run
from shared.database import pagination
from shared.database.connection import is_postgres
from tests.monitor.conftest import TABLES
from tests.plans import READS_ALL, SORTS, plan_of


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
    ({"status": "failed"}, "-durationMs", "run_by_duration"),
    ({"status": "running"}, "durationMs", "run_by_duration"),
    ({"kind": "guided_run"}, "-createdAt", "run_by_kind"),
    ({"kind": "ai_task"}, "-createdAt", "run_newest"),
    ({"kind": "ai_task"}, "-durationMs", "run_by_duration"),
    ({"kind": "ai_task", "status": "failed"}, "-createdAt", "run_by_status"),
    ({"workflow": "Discovery: Acme"}, "-createdAt", "run_by_name"),
    ({"workflow": "discovery"}, "-createdAt", "run_by_workflow"),
]


def takes(index):
    """What the plan must say: which index SQLite takes. PostgreSQL, which knows of no rows here, may take another that fits as well."""
    return "Index" if is_postgres(database) else index


def plans(scope, filters, sort):
    """How the database would read each part of a list, as far as a page of fifty and the one behind it reach."""
    filters, order = lists.Filters(**filters), lists.order(sort)
    parts = [pagination.IndexRange(query) for query in lists.listing(scope, filters, sort.removeprefix("-"))]
    if sort.endswith(lists.DURATION):
        parts = [part for one in parts for part in lists.by_duration(one.query, filters.status, 1)]
    places = {"created_at": "2026-11-21 12:00:00.000000", "duration_rank": -5}
    behind = [places.get(field.name, "a") for field, _ in order]
    for part in parts:
        for rows in (part.rows(order), part.rows(order, behind)):
            sql, parameters = rows.order_by(*(getattr(field, way)() for field, way in order)).limit(50).sql()
            yield plan_of(database, sql, parameters)


@pytest.mark.parametrize(("filters", "sort", "index"), LISTS)
def test_each_part_of_a_list_walks_its_index_and_sorts_nothing(monitor, filters, sort, index):
    for plan in plans("demo", filters, sort):
        assert takes(index) in plan
        assert not any(word in plan for word in (*SORTS, *READS_ALL))


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("-createdAt", "run_newest_everywhere"),
        ("status", "run_by_status_everywhere"),
        ("-durationMs", "run_by_duration_everywhere"),
    ],
)
def test_so_does_each_list_of_all_tenants(monitor, sort, index):
    for plan in plans("*", {}, sort):
        assert takes(index) in plan
        assert not any(word in plan for word in SORTS)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (Run.select(Run.id).where(finding.TAIL == "567890ab"), "run_by_tail"),
        (Run.select(Run.id).where(Run.retry_of == "task-1"), "run_retried"),
        (trail.query("demo", by_id="ana").order_by(trail.TrailAct.at.desc()), "trail_act_of_actor"),
        (
            trail.query("demo")
            .where(trail.TrailAct.subject_id.not_in(["a", "b"]), trail.TrailAct.verb == "paused work")
            .order_by(trail.TrailAct.at.desc(), trail.TrailAct.id.desc()),
            "trail_act_of_verb",
        ),
    ],
)
def test_what_is_looked_up_has_its_index(monitor, query, index):
    sql, parameters = query.sql()
    plan = plan_of(database, sql, parameters)
    assert takes(index) in plan
    assert not any(word in plan for word in SORTS)
