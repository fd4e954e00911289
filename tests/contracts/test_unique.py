"""Every unique index of every database: what a caller can bring about is 409 and names the field, and the rest is said to be out of reach."""

from __future__ import annotations

import itertools

import pytest

from services.workflows import models as workflows
from shared.database import connection
from tests.contexts import CONTEXTS

_numbers = itertools.count(1)

CUSTOMER = {"arr": "1.00", "currency": "USD", "renewalDate": "2027-01-31"}


def customer(value):
    return {"name": f"Customer {next(_numbers)}", "externalId": value} | CUSTOMER


def partnership(value):
    return {"name": f"Partnership {next(_numbers)}", "externalId": value}


def person(value):
    return {"name": f"Person {next(_numbers)}", "email": f"{value}@unique.test"}


def view(value):
    return {"page": "customers", "name": value}


REACHED = {
    ("workflows", "customer", "tenant_id, external_id"): ("/api/customers", customer, "externalId", True),
    ("runs", "partnership", "tenant_id, external_id"): ("/api/partnerships", partnership, "externalId", True),
    ("monitor", "saved_view", "tenant_id, page, owner, name"): ("/api/saved-views", view, "name", False),
    ("monitor", "person", "email"): ("/api/people", person, "email", False),
}
"""By the index: where it is made, its body, the field, and whether a PATCH changes that as well."""

OUT_OF_REACH = {
    (
        "runs",
        "step_row",
        "step_id, subject_kind, subject_id",
    ): "the rows of a step are gathered once, each subject once",
    ("runs", "activity", "origin"): "named after the change that it tells of, and written if it is new",
    ("runs", "meeting", "uid"): "made of a new id",
    (
        "workflows",
        "workflow_step",
        "execution_id, order_index",
    ): "the steps of an execution are counted when it is made",
    (
        "workflows",
        "usage_reading",
        "tenant_id, customer_id, product, site, on",
    ): "a reading of the same day is replaced",
    (
        "workflows",
        "workflow_trigger",
        "tenant_id, execution_id",
    ): "finalize and the scheduler look for the one of the execution first",
    (
        "executor",
        "ai_task",
        "origin, retry_number",
    ): "a retry that is there already is a Conflict of its own (test_controlling)",
}
"""Why no caller's value ends up in these."""


PLUMBING = ("feed_generation", "plumbing_migration", "schema_migration")
"""The same in every context, and written by nothing that a caller asks for."""


def indexes(service, applications):
    """The unique indexes of a service's own tables, without primary keys: `(service, table, columns)`."""
    db = applications[service][0].extensions["tandem"].feed.database
    with connection.session(db):
        return {
            (service, table, ", ".join(index.columns))
            for table in db.get_tables()
            if table not in PLUMBING
            for index in db.get_indexes(table)
            if index.unique and sorted(index.columns) != sorted(db.get_primary_keys(table))
        }


@pytest.mark.parametrize("service", CONTEXTS)
def test_every_unique_index_is_known_here(service, applications):
    known = {index for index in (*REACHED, *OUT_OF_REACH) if index[0] == service}
    assert indexes(service, applications) == known


@pytest.mark.parametrize("index", REACHED, ids=" ".join)
def test_a_value_that_is_taken_is_409_and_names_the_field(index, applications, admin):
    path, make, field, _ = REACHED[index]
    client, value = applications[index[0]][0].test_client(), f"taken-{next(_numbers)}"
    assert client.post(path, json=make(value), headers=admin).status_code == 201
    answer = client.post(path, json=make(value), headers=admin)
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("index", [index for index, told in REACHED.items() if told[3]], ids=" ".join)
def test_a_change_to_a_value_that_is_taken_is_409_too_and_to_ones_own_is_none(index, applications, admin):
    path, make, field, _ = REACHED[index]
    client, value = applications[index[0]][0].test_client(), f"taken-{next(_numbers)}"
    first = client.post(path, json=make(value), headers=admin).json
    other = client.post(path, json=make(value + "-other"), headers=admin).json
    answer = client.patch(f"{path}/{other['id']}", json={field: value}, headers=admin)
    assert (answer.status_code, list(answer.json["errors"])) == (409, [field])
    assert client.patch(f"{path}/{first['id']}", json={field: value}, headers=admin).status_code == 200
    assert client.patch(f"{path}/{other['id']}", json={field: None}, headers=admin).status_code == 200


def test_two_who_take_a_value_at_the_same_moment_are_told_apart_by_the_index(applications, admin, monkeypatch):
    """The look before the write finds nothing, as for two who look at once: the database has the last word."""
    client = applications["workflows"][0].test_client()
    assert client.post("/api/customers", json=customer("at once"), headers=admin).status_code == 201
    other = client.post("/api/customers", json=customer("alone"), headers=admin).json
    monkeypatch.setattr(workflows.customers, "with_external_id", lambda *_: None)
    for answer in (
        client.post("/api/customers", json=customer("at once"), headers=admin),
        client.patch(f"/api/customers/{other['id']}", json={"externalId": "at once"}, headers=admin),
    ):
        assert (answer.status_code, list(answer.json["errors"])) == (409, ["externalId"])
        for word in ("constraint", "customer.", "tenant", "Key", "sqlite", "psycopg"):
            assert word not in answer.text.replace("/api/customers", "").replace(other["id"], "")
