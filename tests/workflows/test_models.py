"""The tables: as the migration makes them, read by an index each, and each row of one tenant."""

from __future__ import annotations

from datetime import date

import pytest
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from services.workflows import models
from services.workflows.app import MIGRATIONS
from services.workflows.models import TABLES, Contact, SearchWord, Task, db
from services.workflows.models.customer_lists import Wanted
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import Conflict, NotFound, Stale
from tests.conftest import NOON
from tests.plans import READS_ALL, plan_of
from tests.workflows.conftest import OTHER, make_customer, refresh

pytestmark = pytest.mark.usefixtures("database")


def test_the_migration_makes_what_the_models_say(database):
    difference = diff_models(db, list(TABLES))
    assert not difference, difference.render()


def test_the_indexes_that_the_founding_document_names_are_there(database):
    names = {index.name for index in db.get_indexes("workflow_tasks")}
    assert {"idx_tasks_parent", "idx_tasks_auto_execute", "idx_tasks_execution_status"} <= names


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "idx_tasks_list"),
        ({"status": "open"}, "idx_tasks_status"),
        ({"owner": "ana"}, "idx_tasks_owner"),
        ({"auto_execute": True, "execution_status": "queued"}, "idx_tasks_execution_status"),
        ({"auto_execute": True}, "idx_tasks_auto_execute"),
        ({"auto_execute": True, "owner": "ana"}, "idx_tasks_auto_execute_owner"),
        ({"execution_status": "queued"}, "idx_tasks_execution_status"),
        ({"todo": True, "sort": "due"}, "idx_tasks_todo"),
        ({"todo": True, "sort": "due", "due_before": date(2026, 12, 1)}, "idx_tasks_todo"),
        ({"todo": True, "sort": "due", "owner": "ana", "parent_task_id": "none"}, "idx_tasks_todo_owner"),
        ({"todo": True, "sort": "due", "owner": "ana", "due_from": date(2026, 12, 1)}, "idx_tasks_todo_owner"),
        ({"sort": "snoozed", "owner": "ana"}, "idx_tasks_snoozed_owner"),
        ({"sort": "snoozed", "status": "snoozed"}, "idx_tasks_snoozed"),
        ({"sort": "completed"}, "idx_tasks_completed"),
        ({"sort": "completed", "owner": "ana"}, "idx_tasks_completed_owner"),
    ],
)
def test_each_list_of_tasks_walks_an_index_and_sorts_nothing(filters, index, monkeypatch, engine):
    asked = []
    monkeypatch.setattr(pagination, "page", lambda query, order, **_: asked.append(_sorted(query, order)))
    _list(filters)
    plan = _plan(asked[0], engine)
    # PostgreSQL may think another of these indexes as good, since it knows of no rows.
    assert (index if engine == "sqlite" else "idx_tasks_") in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"customer_id": "c"}, "idx_tasks_subject"),
        ({"execution_id": "e"}, "idx_tasks_execution"),
        ({"partnership_id": "p"}, "idx_tasks_subject"),
        ({"parent_task_id": "p"}, "idx_tasks_parent"),
        ({"customer_id": "c", "sort": "completed"}, "idx_tasks_subject"),
        ({"customer_id": "c", "auto_execute": True, "execution_status": "queued"}, "idx_tasks_subject"),
        ({"todo": True, "sort": "due", "customer_id": "c"}, "idx_tasks_todo_subject"),
        ({"todo": True, "sort": "due", "partnership_id": "p"}, "idx_tasks_todo_subject"),
    ],
)
def test_the_few_tasks_of_one_subject_are_looked_up(filters, index, monkeypatch, engine):
    asked = []
    monkeypatch.setattr(
        pagination,
        "page_of_materialized",
        lambda query, order, **_: asked.append(query) or Page([], 20, 0, 0, True, None),
    )
    _list(filters)
    assert (index if engine == "sqlite" else "idx_tasks_") in _plan(asked[0], engine)


def _list(filters):
    sort = filters.get("sort", "priority")
    wanted = {name: value for name, value in filters.items() if name != "sort"}
    models.task_lists.listed("demo", models.task_lists.Wanted(**wanted), sort, limit=20)


def _sorted(query, order):
    return query.order_by(*(field.desc() if way == "desc" else field for field, way in order)).limit(21)


def _plan(query, engine):
    sql, parameters = query.sql()
    with db.atomic():
        if engine == "postgresql":
            # On an empty table its planner would rather read and sort all of it.
            for costly in ("seqscan", "bitmapscan", "sort"):
                db.execute_sql(f"SET LOCAL enable_{costly} = off")
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        return " ".join(str(row[-1]) for row in db.execute_sql(explain + sql, parameters).fetchall())


SOUGHT = {
    "open workflows": lambda ids: models.executions.open_of("demo", ids),
    "completed workflows": lambda ids: models.executions.completed_of("demo", ids),
    "next workflows": lambda ids: models.triggers.next_of("demo", ids),
    "addresses of a hold": lambda ids: models.holds.addresses_of(["demo"], ids),
    "customers of an import": lambda ids: models.customers.known_as("demo", ids, ["acme"]),
    "sub-tasks": lambda ids: models.tasks.progress_of("demo", ids),
}
KEYS = ("customer_id", "external_id", "name_key", "parent_task_id")


@pytest.mark.parametrize("ids", [["a"], ["a", "b"]], ids=len)
@pytest.mark.parametrize("what", SOUGHT)
def test_what_belongs_to_few_is_sought_by_them(what, ids, monkeypatch, engine):
    statements, execute = [], type(db.obj).execute_sql

    def remember(self, sql, params=None, **more):
        statements.append((sql, params))
        return execute(self, sql, params, **more)

    with monkeypatch.context() as watched:
        watched.setattr(type(db.obj), "execute_sql", remember)
        SOUGHT[what](ids)
    selects = [(sql, parameters) for sql, parameters in statements if sql.startswith("SELECT")]
    assert selects
    for sql, parameters in selects:
        plan = plan_of(db, sql, parameters)
        assert not any(word in plan for word in READS_ALL), plan
        if engine == "sqlite":
            assert any(f"{column}=?" in plan for column in KEYS), plan


def test_lists_carry_no_payloads():
    make_customer()
    columns = {field for field in Task._meta.sorted_fields if field not in models.task_lists.PAYLOADS}
    assert not columns & {Task.metadata, Task.execution_result, Task.evidence}


@pytest.mark.parametrize(
    "find",
    [
        models.customers.get, models.customers.get_contact, models.executions.get, models.executions.get_for_update, models.plans.get,
        models.tasks.get, models.triggers.get,
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(find):
    with pytest.raises(NotFound):
        find("demo", "nothing")


def test_another_tenants_row_is_not_found():
    customer = make_customer(by=OTHER)
    assert models.customers.get("acme", customer.id).id == customer.id
    with pytest.raises(NotFound):
        models.customers.get("demo", customer.id)


def test_a_row_that_somebody_else_changed_is_not_overwritten():
    first = make_customer()
    second = refresh(first)
    first.write(name="First")
    with pytest.raises(Conflict, match="Somebody else changed this"):
        second.write(name="Second")
    assert refresh(first).name == "First"
    with pytest.raises(Stale):
        first.expect(1)


def test_who_is_there_when_the_migrations_come_is_found_by_words(database):
    customer = make_customer(name="Ørsted & Sønner")
    contact = models.customers.add_contact(
        id="p1", tenant_id="demo", customer_id=customer.id, name="Sønner, Kår", email="kar@orsted.test", role="champion",
        status="active", sentiment="neutral", created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    kept = set(SearchWord.select().tuples())
    assert {word for kind, _, word, *_ in kept if kind == "customer"} == {"orsted", "sonner"}
    assert {row_id for _, row_id, *_ in kept} == {customer.id, contact.id}
    db.execute_sql("DROP TABLE search_word")
    db.execute_sql("ALTER TABLE contact ADD COLUMN search_key TEXT NOT NULL DEFAULT ''")
    steps = {step.name[:4]: step for step in Runner(db.obj, str(MIGRATIONS)).migrations()}
    for number in ("0006", "0009"):
        steps[number].load().up(None, db.obj)
    assert set(SearchWord.select().tuples()) == kept


@pytest.mark.parametrize(
    ("q", "found"),
    [("orsted", True), ("ØRSTED s", True), ("sonn ors", True), ("rsted", False), ("orsted x", False), ("&", False), ("%", False), (" ", True)],
)  # fmt: skip
def test_customers_and_contacts_are_found_by_beginnings_of_their_words(q, found):
    customer = make_customer(name="Ørsted & Sønner")
    stamps = {"tenant_id": "demo", "customer_id": customer.id, "created_at": NOON, "updated_at": NOON}
    person = {"id": "p1", "name": "Sønner, Kår", "email": "kar@orsted.test", "role": "champion"}
    models.customers.add_contact(**person, status="active", sentiment="neutral", **stamps)
    page = {"limit": 9, "offset": 0, "cursor": None}
    listed = models.customer_lists.listed("demo", Wanted(q=q), "renewal", **page)
    assert bool(listed.items) is found
    assert bool(models.customers.contacts_listed("demo", q=q, customer_id=None, **page).items) is found
    models.customers.change_contact(Contact.get(), name="Ærø")
    assert len(models.customers.contacts_listed("demo", q="aero", customer_id=None, **page).items) == 1
