"""The console's forms of contacts in front of the real owner: added, changed, merged, apart again, deleted."""

from __future__ import annotations

import re

import pytest

from tests.contracts import console, tenants

OURS = {"Sec-Fetch-Site": "same-origin"}
PAGE = "/app/contacts"


@pytest.fixture(scope="module")
def client(applications, blue):
    console.connect(applications)
    return console.signed_in(applications, tenants.admin_of(tenants.BLUE))


@pytest.fixture(scope="module")
def workflows(applications, blue):
    """`workflows(path)` is what the owner answers."""
    headers = tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))
    asked = applications["workflows"][0].test_client()
    return lambda path: asked.get(path, headers=headers).json


@pytest.fixture(scope="module")
def customer(workflows, blue):
    return workflows(f"/api/customers/{blue['workflows']['customer_id']}")


@pytest.fixture
def add(client, customer):
    def add_contact(name, **typed):
        form = {
            "customer": customer["name"],
            "name": name,
            "role": "champion",
            "status": "active",
            "sentiment": "neutral",
        }
        answer = client.post(
            f"{PAGE}/new", data=form | {"key": f"key-{name.replace(' ', '-')}-{len(typed)}"} | typed, headers=OURS
        )
        assert answer.status_code == 303, answer.text
        return answer.location.rpartition("/")[2]

    return add_contact


def test_a_contact_is_added_to_the_customer_whose_name_was_chosen_and_changed(client, workflows, customer, add):
    options = client.get("/app/customer-names", query_string={"customer": customer["name"][:4]}).text
    assert f'<option value="{customer["name"]}"></option>' in options
    contact_id = add("Ada Lund", email="ada@lund.test", signs="on", signingLimit="5000.00", signingCurrency="EUR")
    saved = workflows(f"/api/contacts/{contact_id}")
    assert (saved["customerId"], saved["signs"], saved["signingLimit"]) == (customer["id"], True, "5000.00")
    page = client.get(f"{PAGE}/{contact_id}").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    typed = {"name": "Ada Lund", "role": "legal", "status": "departed", "sentiment": "unknown", "leftTo": "Elsewhere"}
    typed |= {"email": "", "signs:shown": "1"}
    assert client.post(f"{PAGE}/{contact_id}", data=typed | {"version": version}, headers=OURS).status_code == 303
    saved = workflows(f"/api/contacts/{contact_id}")
    assert (saved["role"], saved["status"], saved["leftTo"], saved["email"], saved["signs"]) == (
        *("legal", "departed", "Elsewhere", None, False),
    )
    stale = client.post(f"{PAGE}/{contact_id}", data=typed | {"name": "Eve", "version": version}, headers=OURS)
    assert stale.status_code == 412
    assert "Now: Ada Lund" in stale.text


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"customer": "Nobody at all"}, "Choose a customer from the list as you type."),
        ({"customer": ""}, "Choose a customer from the list as you type."),
        ({"email": "not one"}, "E-mail"),
        ({"awayFrom": "2026-12-05", "awayUntil": "2026-12-01"}, "Not before the first day."),
        ({"signingLimit": "much"}, "Not an amount"),
    ],
)
def test_a_contact_that_cannot_be_keeps_what_was_typed_and_says_why(client, customer, typed, complaint):
    form = {"customer": customer["name"], "name": "Typed In Vain", "role": "champion", "status": "active"}
    answer = client.post(f"{PAGE}/new", data=form | {"sentiment": "neutral", "key": "vain"} | typed, headers=OURS)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="Typed In Vain"' in answer.text


def test_two_contacts_become_one_and_an_undo_parts_them(client, workflows, customer, add):
    first, second = add("Jo Twin"), add("Jo Twin", title="Producer")
    asked = client.get(f"{PAGE}/merge", query_string={"id": [first, second]})
    assert "Merge 2 contacts" in asked.text
    form = {"id": [first, second], "keep": first, "key": "merge-twins"}
    merged = client.post(f"{PAGE}/merge", data=form, headers=OURS)
    assert (merged.status_code, merged.location) == (303, f"{PAGE}/{first}")
    assert workflows(f"/api/contacts/{first}")["title"] == "Producer"
    said = client.get(merged.location).text
    undo = re.search(r'action="(/app/contacts/merges/[^"]+/undo)"', said)[1]
    assert client.post(undo, headers=OURS).status_code == 303
    assert workflows(f"/api/contacts/{first}")["title"] == ""
    assert workflows(f"/api/contacts/{second}")["title"] == "Producer"


def test_one_contact_alone_is_not_merged(client, add):
    answer = client.get(f"{PAGE}/merge", query_string={"id": [add("Alone")]})
    assert answer.status_code == 422
    assert "Choose two to 6 contacts" in answer.text


def test_a_contact_is_deleted_after_a_question(client, workflows, add):
    contact_id = add("Gone Soon")
    asked = client.get(f"{PAGE}/{contact_id}/delete")
    assert "Delete Gone Soon?" in asked.text
    version = re.search(r'name="version" value="(\d+)"', asked.text)[1]
    assert client.post(f"{PAGE}/{contact_id}/delete", data={"version": version}, headers=OURS).status_code == 303
    assert workflows(f"/api/contacts/{contact_id}")["status"] == 404
