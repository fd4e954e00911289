"""Duplicates of a person become one contact, nothing of what was known is lost, and a merge can be undone."""

from __future__ import annotations

import pytest

from services.workflows.models import Contact, feed
from tests.workflows.conftest import OTHER, make_customer

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def customer():
    return make_customer().id


@pytest.fixture
def add(ask, customer):
    def add_contact(name, **fields):
        made = ask("POST", "/api/contacts", {"customerId": customer, "name": name} | fields)
        assert made.status_code == 201, made.text
        return made.json["id"]

    return add_contact


def contact(ask, contact_id):
    return ask("GET", f"/api/contacts/{contact_id}").json


def merge(ask, kept, *others):
    return ask("POST", "/api/contacts/merge", {"keepId": kept, "otherIds": list(others)})


def test_the_kept_contact_takes_what_it_has_not_and_keeps_what_it_has(ask, add):
    kept = add("Jo Park", role="champion", email="jo@halcyon.test", lastMetOn="2026-05-01")
    other = add(
        "Jo Park",
        role="influencer",
        email="JO.PARK@halcyon.test",
        title="Producer",
        sentiment="positive",
        lastMetOn="2026-09-01",
        optedOut=True,
        isPrimary=True,
        signs=True,
        signingLimit="5000.00",
        signingCurrency="USD",
    )
    done = merge(ask, kept, other)
    assert done.status_code == 201, done.text
    now = contact(ask, kept)
    assert done.json["contact"] == now
    expected = {
        "email": "jo@halcyon.test",
        "title": "Producer",
        "role": "champion",
        "otherRoles": ["influencer"],
        "sentiment": "positive",
        "lastMetOn": "2026-09-01",
        "optedOut": True,
        "isPrimary": True,
        "signs": True,
        "signingLimit": "5000.00",
    }
    assert expected.items() <= now.items()
    assert ask("GET", f"/api/contacts/{other}").status_code == 404
    found = ask("GET", "/api/contacts?q=park").json["items"]
    assert [one["id"] for one in found] == [kept]


def test_who_named_the_other_names_the_kept_one_and_an_undo_brings_all_back(ask, add):
    kept, other = add("Jo Park", role="champion"), add("Jo Park", role="influencer", title="Producer")
    left = add("Rita", status="departed", successorId=other)
    away = add("Sam", deputyId=other)
    ask("PATCH", f"/api/contacts/{kept}", {"deputyId": other})
    before = {one: contact(ask, one) for one in (kept, other, left, away)}
    done = merge(ask, kept, other).json
    assert contact(ask, left)["successorId"] == kept
    assert contact(ask, away)["deputyId"] == kept
    assert contact(ask, kept)["deputyId"] is None
    undone = ask("POST", f"/api/contacts/merges/{done['id']}/undo")
    assert undone.status_code == 200, undone.text

    def without_version(shown):
        return {name: value for name, value in shown.items() if name != "version"}

    for one, was in before.items():
        assert without_version(contact(ask, one)) == without_version(was)
    assert ask("POST", f"/api/contacts/merges/{done['id']}/undo").status_code == 409


def test_who_was_removed_since_is_not_named_again_by_an_undo(ask, add):
    rita, sam = add("Rita"), add("Sam")
    kept, other = add("Jo"), add("Jo", successorId=rita, deputyId=sam)
    done = merge(ask, kept, other).json
    Contact.delete().where(Contact.id == rita).execute()
    assert ask("POST", f"/api/contacts/merges/{done['id']}/undo").status_code == 200
    assert (contact(ask, other)["successorId"], contact(ask, other)["deputyId"]) == (None, sam)


def test_a_merge_is_not_undone_over_a_later_change(ask, add):
    kept, other = add("Jo"), add("Jo", title="Producer")
    done = merge(ask, kept, other).json
    ask("PATCH", f"/api/contacts/{kept}", {"title": "Head of production"})
    refused = ask("POST", f"/api/contacts/merges/{done['id']}/undo")
    assert refused.status_code == 409
    assert contact(ask, kept)["title"] == "Head of production"


def test_a_contact_is_not_merged_with_itself_nor_across_customers_nor_with_another_tenants(ask, add):
    kept = add("Jo")
    assert list(merge(ask, kept, kept).json["errors"]) == ["otherIds"]
    elsewhere = make_customer().id
    there = ask("POST", "/api/contacts", {"customerId": elsewhere, "name": "Jo"}).json["id"]
    refused = merge(ask, kept, there)
    assert (refused.status_code, refused.json["errors"]) == (422, {"otherIds": ["At another customer: Jo."]})
    theirs = ask("POST", "/api/contacts", {"customerId": make_customer(by=OTHER).id, "name": "Jo"}, by=OTHER).json["id"]
    assert merge(ask, kept, theirs).status_code == 404
    assert merge(ask, kept).status_code == 422
    assert contact(ask, kept)["version"] == 1


def test_a_hold_covers_the_address_of_a_contact_that_was_merged_into_another(ask, add, customer):
    done = merge(ask, add("Jo", email="jo@acme.test"), add("Jo", email="JO.Park@acme.test")).json
    ask("POST", f"/api/customers/{customer}/holds", {"reason": "Legal"})

    def covered():
        return feed.changes(0, ["hold"], 100)["changes"][-1]["data"]["addresses"]

    assert covered() == ["jo.park@acme.test", "jo@acme.test"]
    ask("POST", f"/api/contacts/merges/{done['id']}/undo")
    assert covered() == ["jo.park@acme.test", "jo@acme.test"]


def test_another_tenant_undoes_nothing(ask, add):
    done = merge(ask, add("Jo"), add("Jo")).json
    assert ask("POST", f"/api/contacts/merges/{done['id']}/undo", by=OTHER).status_code == 404
