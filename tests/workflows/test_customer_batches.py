"""Many customers handed over at once, and given back to who had them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.workflows import customers
from services.workflows.commands import ChangeCustomer
from services.workflows.models import CustomerBatch, feed, replicas
from services.workflows.work import tidy
from tests.conftest import NOON
from tests.workflows.conftest import ANA, OTHER, acts, make_customer, refresh

pytestmark = pytest.mark.usefixtures("database")

BATCHES = "/api/customers/batches"


@pytest.fixture(autouse=True)
def people(database):
    """Max and Zoe work here."""
    with feed.transaction():
        for person_id in ("max", "zoe"):
            snapshot = {"id": person_id, "tenantId": "demo", "name": person_id.title(), "active": True}
            replicas.people.upsert(snapshot | {"email": f"{person_id}@demo.test"}, 1)


def outcomes(answer):
    assert answer.status_code in (200, 201), answer.text
    return [receipt["outcome"] for receipt in answer.json["receipts"]]


@pytest.fixture
def act(ask):
    """`act([customer, ...], "hand_over", ...)` -> the answer."""

    def act(rows, action, **fields):
        return ask("POST", BATCHES, {"customerIds": [row.id for row in rows], "action": action, **fields})

    return act


def test_customers_that_were_handed_over_are_given_back_to_who_had_them(act, ask):
    rows = [
        make_customer(owner=ANA.id),
        make_customer(name="Bell", owner="zoe"),
        make_customer(name="Coil", owner="max"),
    ]
    done = act(rows, "hand_over", owner="max")
    assert outcomes(done) == ["changed", "changed", "unchanged"]
    assert outcomes(ask("POST", f"{BATCHES}/{done.json['id']}/undo")) == ["changed", "changed"]
    assert [refresh(row).owner for row in rows] == [ANA.id, "zoe", "max"]
    assert {act.details["batchId"] for act in acts("took back hand-over")} == {done.json["id"]}
    assert ask("POST", f"{BATCHES}/{done.json['id']}/undo").status_code == 409


def test_one_that_was_handed_on_since_stays_and_what_else_changed_does_not_matter(act, ask):
    rows = [make_customer(owner=ANA.id), make_customer(name="Bell", owner=ANA.id)]
    batch = act(rows, "hand_over", owner="max").json["id"]
    customers.change(ANA, rows[0].id, ChangeCustomer(owner="zoe"), now=NOON)
    customers.change(ANA, rows[1].id, ChangeCustomer(industry="Tools"), now=NOON)
    answer = ask("POST", f"{BATCHES}/{batch}/undo")
    assert outcomes(answer) == ["refused", "changed"]
    assert answer.json["receipts"][0]["reason"] == "It has been handed over again since."
    assert [refresh(row).owner for row in rows] == ["zoe", ANA.id]


def test_only_who_did_it_takes_it_back_in_their_tenant(act, ask):
    batch = act([make_customer()], "hand_over", owner="max").json["id"]
    assert ask("POST", f"{BATCHES}/{batch}/undo", by=replace(ANA, id="max", name="Max")).status_code == 403
    assert ask("POST", f"{BATCHES}/{batch}/undo", by=OTHER).status_code == 404
    assert ask("POST", f"{BATCHES}/nothing/undo").status_code == 404


def test_what_cannot_be_taken_back_has_no_id(act):
    assert act([make_customer()], "create_task", title="Call").json["id"] is None
    assert act([make_customer(owner="max")], "hand_over", owner="max").json["id"] is None


def test_batches_go_after_their_time(act, settings):
    act([make_customer()], "hand_over", owner="max")
    CustomerBatch.update(created_at=NOON - timedelta(days=400)).execute()
    tidy(settings)
    assert CustomerBatch.select().count() == 0
