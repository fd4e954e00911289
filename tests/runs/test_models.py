"""The tables: as the migrations make them, lists read by an index each, and each row of one tenant."""

from __future__ import annotations

import pytest
from playhouse.schema_diff import diff_models

from services.runs import models
from services.runs.models import TABLES, db
from shared import database
from shared.errors import NotFound
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("database")

PAGE = {"limit": 20, "offset": 0, "cursor": None}


def test_the_migrations_make_what_the_models_say(database):
    difference = diff_models(db, list(TABLES))
    assert not difference, difference.render()


def explained(listed, monkeypatch, engine):
    """How the database reads the first page of a list."""
    asked = []
    monkeypatch.setattr(
        database,
        "page",
        lambda query, order, **_: asked.append(query.order_by(*_ways(order)).limit(21)),
    )
    listed()
    sql, parameters = asked[0].sql()
    with db.atomic():
        if engine == "postgresql":
            # On an empty table its planner would rather read and sort all of it.
            for costly in ("seqscan", "bitmapscan", "sort"):
                db.execute_sql(f"SET LOCAL enable_{costly} = off")
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        return " ".join(str(row[-1]) for row in db.execute_sql(explain + sql, parameters).fetchall())


def _ways(order):
    return (field.desc() if way == "desc" else field.asc() for field, way in order)


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "partnership_tenant_id_name_key_id"),
        ({"sort": "lastContact"}, "partnership_tenant_id_last_contact_at_id"),
        ({"sort": "priority"}, "partnership_tenant_id_priority_last_contact_at_id"),
        ({"stage": "MOU Sent"}, "partnership_tenant_id_stage_name_key_id"),
        ({"stage": "MOU Sent", "sort": "lastContact"}, "partnership_tenant_id_stage_last_contact_at_id"),
        ({"owner": "ana"}, "partnership_tenant_id_owner_name_key_id"),
        ({"owner": "ana", "sort": "lastContact"}, "partnership_tenant_id_owner_last_contact_at_id"),
        ({"silent_before": NOON, "sort": "lastContact"}, "partnership_tenant_id_last_contact_at_id"),
        (
            {"silent_before": NOON, "stage": "MOU Sent", "sort": "lastContact"},
            "partnership_tenant_id_stage_last_contact_at_id",
        ),
        (
            {"silent_before": NOON, "owner": "ana", "sort": "lastContact"},
            "partnership_tenant_id_owner_last_contact_at_id",
        ),
        ({"silent_before": NOON}, "partnership_tenant_id_name_key_id"),
        ({"silent_before": NOON, "sort": "priority"}, "partnership_tenant_id_priority_last_contact_at_id"),
        ({"silent_before": NOON, "stage": "MOU Sent"}, "partnership_tenant_id_stage_name_key_id"),
        ({"priority": 1, "sort": "priority"}, "partnership_tenant_id_priority_last_contact_at_id"),
        ({"q": "acme"}, "partnership_tenant_id_name_key_id"),
    ],
)
def test_each_list_of_partnerships_walks_an_index_and_sorts_nothing(filters, index, monkeypatch, engine):
    plan = explained(lambda: models.partnerships.listed("demo", **PAGE | filters), monkeypatch, engine)
    # PostgreSQL may think another of these indexes as good, since it knows of no rows.
    assert (index if engine == "sqlite" else "partnership_") in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("listed", "index"),
    [
        (lambda: models.activities.listed("demo", "p", **PAGE), "activity_tenant_id_partnership_id_at_id"),
        (lambda: models.objectives.listed("demo", **PAGE), "objective_tenant_id_ends_on_id"),
        (lambda: models.objectives.listed("demo", status="open", **PAGE), "objective_tenant_id_status_ends_on_id"),
        (lambda: models.recurrences.listed("demo", **PAGE), "recurrence_tenant_id_created_at_id"),
    ],
)
def test_the_other_lists_walk_an_index_and_sort_nothing(listed, index, monkeypatch, engine):
    plan = explained(listed, monkeypatch, engine)
    assert (index if engine == "sqlite" else index.split("_")[0]) in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    "find",
    [
        models.partnerships.find, models.partnerships.alone, models.objectives.find, models.objectives.alone,
        models.templates.find, models.templates.alone, models.recurrences.find,
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(find):
    with pytest.raises(NotFound):
        find("demo", "nothing")
