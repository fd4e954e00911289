"""The pages of customers in front of the real owners: the book, one customer, its forms, saved views, many at once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from shared.ground import clock
from tests.contracts import console, tenants

OURS = {"Sec-Fetch-Site": "same-origin"}
LIST = "/app/customers"


def words(answer):
    """What a person reads."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.fixture(scope="module")
def client(applications, blue):
    console.connect(applications)
    return console.signed_in(applications, tenants.admin_of(tenants.BLUE))


@pytest.fixture(scope="module")
def ask(applications, blue):
    """Asks workflows itself."""
    headers = tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))
    workflows = applications["workflows"][0].test_client()
    return lambda method, path, body=None: workflows.open(path, method=method, json=body, headers=headers).json


def days_ahead(days):
    return (clock.now() + timedelta(days=days)).date().isoformat()


def post(client, path, **fields):
    return client.post(path, data=fields, headers=OURS)


@pytest.fixture
def customer(client, ask):
    """A customer added by the page."""
    name = f"Page {clock.now().timestamp()}"
    form = {"name": name, "arr": "1200.00", "currency": "USD", "renewalDate": days_ahead(165), "renewalTerms": "dated"}
    made = post(client, f"{LIST}/new", **form)
    assert made.status_code == 303, words(made)
    return ask("GET", f"/api/customers/{made.location.rpartition('/')[2]}")


def test_a_customer_is_added_found_opened_and_edited(client, ask, customer):
    page = f"{LIST}/{customer['id']}"
    listed = client.get(f"{LIST}?q={customer['name'].split()[1]}")
    assert f'href="{page}"' in listed.text
    assert customer["name"] in words(client.get(page))
    stale = client.get(f"{page}/edit")
    version = re.search(r'name="version" value="(\d+)"', stale.text)[1]
    kept = {"name": customer["name"], "arr": "1200.00", "currency": "USD", "renewalTerms": "dated"}
    kept |= {"renewalDate": customer["renewalDate"]}
    assert post(client, f"{page}/edit", version=version, notes="Theirs.", **kept).status_code == 303
    refused = post(client, f"{page}/edit", version=version, notes="Mine.", **kept)
    assert refused.status_code == 412
    assert "Now: Theirs." in words(refused)
    assert ">Mine.</textarea>" in refused.text
    version = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    assert post(client, f"{page}/edit", version=version, notes="Mine.", **kept).status_code == 303
    assert ask("GET", f"/api/customers/{customer['id']}")["notes"] == "Mine."


def test_a_second_external_id_is_refused_and_names_who_has_it(client, ask, customer):
    ask("PATCH", f"/api/customers/{customer['id']}", {"externalId": f"ext-{customer['id']}"})
    form = {"name": "Another", "arr": "1.00", "currency": "USD", "renewalDate": days_ahead(9), "renewalTerms": "dated"}
    refused = post(client, f"{LIST}/new", externalId=f"ext-{customer['id']}", **form)
    assert refused.status_code == 409
    assert f"{customer['name']} has it already." in words(refused)
    assert 'value="Another"' in refused.text


def test_health_usage_facts_and_people_are_recorded_on_the_page(client, ask, customer):
    page, path = f"{LIST}/{customer['id']}", f"/api/customers/{customer['id']}"
    assert post(client, f"{page}/scores", measure="health", value="64", note="Quiet").status_code == 303
    later = post(client, f"{page}/scores", measure="health", value="64", on=days_ahead(3))
    assert (later.status_code, "Not after today" in words(later)) == (422, True)
    assert post(client, f"{page}/usage", on=days_ahead(-3), active="12", licensed="20").status_code == 303
    chosen = client.get(f"{page}/facts/new?kind=budget_cut")
    assert 'name="details.percent"' in chosen.text
    made = post(
        client, f"{page}/facts/new?kind=budget_cut", **{"state": "open", "details.percent": "15", "note": "Cuts."}
    )
    assert made.status_code == 303, words(made)
    fact = ask("GET", f"{path}/facts")["items"][0]
    assert (fact["kind"], fact["details"], fact["note"]) == ("budget_cut", {"percent": 15}, "Cuts.")
    wrong = post(client, f"{page}/facts/{fact['id']}", **{"state": "open", "details.percent": "lots", "version": "1"})
    assert wrong.status_code == 422
    assert 'value="lots"' in wrong.text
    assert client.get(f"{page}/facts/new?kind=weather").status_code == 200
    assert post(client, f"{page}/facts/new?kind=weather").status_code == 404
    closed = post(client, f"{page}/facts/{fact['id']}/close", state="closed", before="open", version="1")
    assert closed.status_code == 303
    assert post(client, f"{page}/facts/{fact['id']}/close", state="open", version="1").status_code == 412
    person = {
        "name": "Ada Okafor",
        "role": "champion",
        "status": "active",
        "sentiment": "positive",
        "otherRoles": ["legal"],
    }
    assert post(client, f"{page}/contacts/new", **(person | {"otherRoles:shown": "1"})).status_code == 303
    contact = ask("GET", f"/api/contacts?customer_id={customer['id']}")["items"][0]
    assert (contact["name"], contact["otherRoles"]) == ("Ada Okafor", ["legal"])
    touched = post(
        client, f"{page}/contacts/{contact['id']}/touch", lastTouchOn=days_ahead(-1), answered="true", version="1"
    )
    assert touched.status_code == 303, words(touched)
    shown = words(client.get(page))
    for said in ("Ada Okafor", "Budget cut", "12 of 20", "answered"):
        assert said in shown
    assert ask("GET", path)["healthScore"] == 64


def test_a_hold_is_placed_said_and_lifted(client, ask, customer):
    page = f"{LIST}/{customer['id']}"
    past = post(client, f"{page}/holds", reason="Legal", untilOn=days_ahead(-4))
    assert (past.status_code, "Not before today" in words(past)) == (422, True)
    assert post(client, f"{page}/holds", reason="Legal: no contact", exceptions="Invoices\nOutages").status_code == 303
    shown = words(client.get(page))
    assert "nothing reaches them" in shown
    assert "Invoices, Outages" in shown
    hold = ask("GET", f"/api/customers/{customer['id']}")["hold"]
    lifted = post(client, f"{page}/holds/{hold['id']}/lift", reason="Settled", version=str(hold["version"]))
    assert lifted.status_code == 303
    assert "nothing reaches them" not in words(client.get(page))


def test_a_view_is_kept_found_renamed_and_deleted(client):
    assert "Save view" in client.get(f"{LIST}?at_risk=true&sort=-arr").text
    made = post(
        client, "/app/views/new", page="customers", query="at_risk=true&sort=-arr", name="Costly risks", shared="true"
    )
    assert made.status_code == 303, words(made)
    again = post(client, "/app/views/new", page="customers", query="", name="Costly risks")
    assert (again.status_code, "You have one of this name." in words(again)) == (409, True)
    listed = client.get(made.location)
    assert re.search(r'aria-current="page"[^>]*>Costly risks<', listed.text)
    view = re.search(r"view=([0-9a-f-]{36})", made.location)[1]
    assert post(client, f"/app/views/{view}", name="Dear risks", version="1").status_code == 303
    assert post(client, f"/app/views/{view}", name="Stale", version="1").status_code == 412
    assert "Dear risks" in words(client.get(LIST))
    assert post(client, f"/app/views/{view}/delete", version="2").status_code == 303
    assert "Dear risks" not in words(client.get(LIST))


def test_a_filter_that_is_no_more_is_said_and_the_rest_is_shown(client, customer):
    for query in ("mood=good&q=Page", "stage=spring&q=Page"):
        shown = client.get(f"{LIST}?{query}")
        assert shown.status_code == 200
        assert "This filter is no more, and left out" in words(shown)
        assert customer["name"] in words(shown)


def test_many_are_acted_on_at_once_and_each_that_cannot_be_is_named(client, ask, customer):
    undated = ask(
        "POST", "/api/customers", {"name": "Undated", "arr": "1.00", "currency": "USD", "renewalTerms": "open_ended"}
    )
    chosen = [customer["id"], undated["id"], "nobody"]
    asked = client.get(f"{LIST}/act/start_stage?" + "&".join(f"id={one}" for one in chosen))
    assert "Start the stage for 3 customers" in words(asked)
    assert post(client, f"{LIST}/act/start_stage", id=chosen, key="k1").status_code == 303
    said = words(client.get(LIST))
    assert "1 of 3 started." in said
    assert "Undated: Undated has no renewal date" in said
    assert len(ask("GET", f"/api/customers/{customer['id']}")["openWorkflows"]) == 1
    again = ask("POST", "/api/customers/batches", {"customerIds": [customer["id"]], "action": "start_stage"})
    assert again["receipts"][0]["outcome"] == "refused"
    assert post(client, f"{LIST}/act/create_task", id=chosen[:2], title="Call them", key="k2").status_code == 303
    assert [one["title"] for one in ask("GET", f"/api/workflows/tasks?customer_id={undated['id']}")["items"]] == [
        "Call them"
    ]
    assert post(client, f"{LIST}/act/create_task", id=chosen[:2], title="").status_code == 422
    assert post(client, f"{LIST}/act/hand_over", id=chosen[:2], owner="nobody").status_code == 422
    assert client.get(f"{LIST}/act/dance").status_code == 404


def test_a_hand_over_of_many_is_taken_back_from_the_toast(client, ask, customer):
    path = f"/api/customers/{customer['id']}"
    before = ask("GET", path)["owner"]
    form = client.get(f"{LIST}/act/hand_over?id={customer['id']}").text
    after = next(owner for owner in re.findall(r'<option value="([^"]+)"', form) if owner != before)
    assert post(client, f"{LIST}/act/hand_over", id=[customer["id"]], owner=after, key="h1").status_code == 303
    assert ask("GET", path)["owner"] == after
    said = client.get(LIST)
    assert "1 of 1 handed over." in words(said)
    undo = re.search(rf'action="({LIST}/undo/[0-9a-f-]{{36}})"', said.text)[1]
    assert post(client, undo, back=LIST).status_code == 303
    assert "1 of 1 given back." in words(client.get(LIST))
    assert ask("GET", path)["owner"] == before
    assert post(client, undo).status_code == 409


def test_what_was_recorded_by_mistake_is_deleted_and_facts_are_shown_by_group(client, ask, customer):
    page, path = f"{LIST}/{customer['id']}", f"/api/customers/{customer['id']}"
    fact = ask("POST", f"{path}/facts", {"kind": "budget_cut", "note": "Heard at a fair"})
    ask("POST", f"{path}/facts", {"kind": "credit", "note": "From the outage in May"})
    reading = ask("POST", f"{path}/usage", {"on": "2026-01-31", "licensed": 20, "active": 12})
    shown = client.get(page)
    signals = re.search(r'href="([^"]+\?facts=Signals)#facts"', shown.text)[1]
    assert "Heard at a fair" in words(client.get(signals))
    assert "From the outage in May" not in words(client.get(signals))
    assert f"{page}/usage/{reading['id']}/delete" in shown.text
    question = client.get(f"{page}/facts/{fact['id']}/delete")
    assert "Delete “Budget cut”?" in words(question)
    version = re.search(r'name="version" value="(\w+)"', question.text)[1]
    assert f"{page}/facts/{fact['id']}/delete" in client.get(f"{page}/facts/{fact['id']}").text
    assert post(client, f"{page}/facts/{fact['id']}/delete", version="99").status_code == 412
    assert post(client, f"{page}/facts/{fact['id']}/delete", version=version).status_code == 303
    assert "Delete this usage reading?" in words(client.get(f"{page}/usage/{reading['id']}/delete"))
    assert post(client, f"{page}/usage/{reading['id']}/delete").status_code == 303
    left = words(client.get(page))
    assert "Heard at a fair" not in left
    assert "From the outage in May" in left
    assert ask("GET", f"{path}/usage")["items"] == []
    assert client.get(f"{page}/facts/{fact['id']}/delete").status_code == 404
