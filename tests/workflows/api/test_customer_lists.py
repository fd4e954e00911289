"""The list of customers by REST: every order, every filter, and the totals by currency of what is listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from services.workflows.models import feed, replicas
from shared.ground import clock
from tests.conftest import NOON
from tests.workflows.conftest import OTHER, live_in, make_customer

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOON.date()


def named(ask, query=""):
    """The names in the list."""
    answer = ask("GET", f"/api/customers?limit=100&{query}")
    assert answer.status_code == 200, answer.text
    return [customer["name"] for customer in answer.json["items"]]


def contact(ask, customer, **told):
    body = {"customerId": customer.id, "name": "N", **told}
    made = ask("POST", "/api/contacts", body)
    assert made.status_code == 201, made.text
    return made.json


@pytest.fixture
def book(ask):
    """Three customers that differ in every column."""
    with feed.transaction():
        for person_id, name in (("p-zoe", "Zoe"), ("p-bea", "Bea")):
            told = {"id": person_id, "tenantId": "demo", "name": name, "email": f"{person_id}@x.test", "active": True}
            replicas.people.upsert(told, 1)
    ash = make_customer(
        170, name="Ash", arr=Decimal("90.00"), health_score=40, renewal_likelihood=80, owner="p-zoe", tier="Gold"
    )
    birch = make_customer(
        20, name="Birch", arr=Decimal("1000.00"), health_score=90, renewal_likelihood=60, owner="p-bea", currency="EUR"
    )
    cedar = make_customer(
        name="Cedar", arr=Decimal("200.00"), owner=None, renewal_date=None, renewal_terms="open_ended"
    )
    contact(ask, ash, lastTouchOn=(TODAY - timedelta(days=3)).isoformat())
    contact(ask, birch, lastTouchOn=(TODAY - timedelta(days=40)).isoformat())
    contact(ask, birch, lastMetOn=(TODAY - timedelta(days=1)).isoformat())
    for _ in range(2):
        ask("POST", "/api/workflows/tasks", {"title": "T", "customerId": ash.id})
    ask("POST", "/api/workflows/tasks", {"title": "T", "customerId": cedar.id})
    make_customer(by=OTHER, name="Theirs")
    return {"Ash": ash, "Birch": birch, "Cedar": cedar}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", "Ash Birch Cedar"),
        ("arr", "Ash Cedar Birch"),
        ("renewal", "Birch Ash Cedar"),
        ("health", "Cedar Ash Birch"),
        ("likelihood", "Cedar Birch Ash"),
        ("lastTouch", "Cedar Ash Birch"),
        ("openTasks", "Birch Cedar Ash"),
        ("owner", "Cedar Birch Ash"),
    ],
)
def test_every_column_sorts_both_ways_page_by_page(ask, book, sort, order):
    assert named(ask, f"sort={sort}") == order.split()
    assert named(ask, f"sort=-{sort}") == order.split()[::-1]
    names, cursor = [], ""
    for _ in range(3):
        page = ask("GET", f"/api/customers?limit=1&sort=-{sort}{cursor}").json
        assert page["pagination"]["total"] == 3
        names += [customer["name"] for customer in page["items"]]
        cursor = f"&cursor={page['pagination']['next']}"
    assert (names, page["pagination"]["next"]) == (order.split()[::-1], None)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=bir", "Birch"),
        ("q=bir&sort=openTasks", "Birch"),
        ("owner=p-zoe", "Ash"),
        ("owner=none", "Cedar"),
        ("stage=discovery", "Ash"),
        ("stage=monitor", ""),
        ("stage=none", "Cedar"),
        ("at_risk=true", "Ash"),
        ("at_risk=false&sort=name", "Birch Cedar"),
        ("currency=EUR", "Birch"),
        ("tier=Gold", "Ash"),
        ("no_contract=true&sort=name", "Ash Birch Cedar"),
        ("renewal_to=2026-12-31", "Birch"),
        ("owner=none&at_risk=true", ""),
    ],
)
def test_every_filter_narrows_the_list_and_the_totals_alike(ask, book, query, names):
    assert named(ask, query) == names.split()
    kept = "&".join(part for part in query.split("&") if not part.startswith("sort="))
    totals = ask("GET", f"/api/customers/totals?{kept}").json
    assert totals["customers"] == len(names.split())
    assert sum(one["customers"] for one in totals["byCurrency"]) == len(names.split())
    stages = ask("GET", f"/api/customers/stages?{kept}").json["items"]
    assert sum(one["customers"] for one in stages) == len(names.split())


def test_totals_by_stage_begin_with_the_nearest_renewal_and_end_without_one(ask, book):
    make_customer(21, name="Fir", arr=Decimal("5.00"))
    stages = ask("GET", "/api/customers/stages").json["items"]
    assert [(one["stage"], one["customers"], one["byCurrency"]) for one in stages] == [
        (
            "signature",
            2,
            [
                {"currency": "EUR", "customers": 1, "arr": "1000.00"},
                {"currency": "USD", "customers": 1, "arr": "5.00"},
            ],
        ),
        ("discovery", 1, [{"currency": "USD", "customers": 1, "arr": "90.00"}]),
        ("none", 1, [{"currency": "USD", "customers": 1, "arr": "200.00"}]),
    ]


def test_totals_are_by_currency(ask, book):
    assert ask("GET", "/api/customers/totals").json == {
        "customers": 3,
        "byCurrency": [
            {"currency": "EUR", "customers": 1, "arr": "1000.00"},
            {"currency": "USD", "customers": 2, "arr": "290.00"},
        ],
    }
    make_customer(name="Big", arr=Decimal("999999999999999.99"))
    assert ask("GET", "/api/customers/totals?currency=USD").json["byCurrency"][0]["arr"] == "1000000000000289.99"


def test_held_customers_and_those_without_a_contract_are_found(ask, book):
    ash, birch = book["Ash"], book["Birch"]
    ask("POST", f"/api/customers/{ash.id}/holds", {"reason": "Legal"})
    later = (TODAY + timedelta(days=1)).isoformat()
    ask("POST", f"/api/customers/{birch.id}/holds", {"reason": "Later", "fromOn": later})
    ask("POST", f"/api/customers/{ash.id}/contracts", {"title": "T", "text": "Text."})
    assert named(ask, "hold=true") == ["Ash"]
    assert named(ask, "hold=false&sort=name") == ["Birch", "Cedar"]
    assert named(ask, "no_contract=true&sort=name") == ["Birch", "Cedar"]
    assert named(ask, "no_contract=false") == ["Ash"]


@pytest.mark.parametrize("query", ["sort=mood", "stage=spring", "at_risk=perhaps", "currency=dollars", "color=red"])
def test_a_filter_or_an_order_that_is_not_one_is_refused(ask, query):
    assert ask("GET", f"/api/customers?{query}").status_code == 422


def test_a_stage_counts_the_days_where_each_customer_is(ask, monkeypatch):
    live_in()
    evening = datetime(2026, 11, 22, 1, 0, tzinfo=NOON.tzinfo)
    monkeypatch.setattr(clock, "now", lambda: evening)
    last = {"renewal_date": datetime(2027, 4, 20).date()}
    make_customer(name="York", **last)
    make_customer(name="Auckland", time_zone="Pacific/Auckland", **last)
    shown = {one["name"]: one["stage"] for one in ask("GET", "/api/customers").json["items"]}
    assert shown == {"York": "discovery", "Auckland": "prepare"}
    assert named(ask, "stage=discovery") == ["York"]
    assert named(ask, "stage=prepare") == ["Auckland"]
    by_stage = ask("GET", "/api/customers/stages").json["items"]
    assert [(one["stage"], one["customers"]) for one in by_stage] == [("prepare", 1), ("discovery", 1)]


def test_a_row_says_what_its_columns_need(ask, book):
    ash = book["Ash"]
    for value, days in ((70, 60), (55, 30)):
        day = (TODAY - timedelta(days=days)).isoformat()
        ask("POST", f"/api/customers/{ash.id}/scores", {"measure": "health", "value": value, "on": day})
    ask("POST", "/api/workflows/executions", {"customerId": ash.id, "stage": "discovery"})
    row = next(one for one in ask("GET", "/api/customers").json["items"] if one["name"] == "Ash")
    assert [point["value"] for point in row["healthHistory"]] == [70, 55, 40]
    assert (row["atRisk"], row["openTasks"]) == (True, 2)
    assert row["lastTouchOn"] == (TODAY - timedelta(days=3)).isoformat()
    opened = row["openWorkflows"][0]
    assert (opened["stage"], opened["stepsDone"], opened["stepsTotal"], opened["planStatus"]) == (
        "discovery",
        0,
        6,
        None,
    )


def test_the_last_touch_follows_the_contacts(ask, book):
    cedar = book["Cedar"]

    def last_touch():
        return ask("GET", f"/api/customers/{cedar.id}").json["lastTouchOn"]

    one = contact(ask, cedar, lastTouchOn="2026-11-01")
    other = contact(ask, cedar, lastMetOn="2026-11-10")
    assert last_touch() == "2026-11-10"
    ask("PATCH", f"/api/contacts/{one['id']}", {"lastTouchOn": "2026-11-12"})
    assert last_touch() == "2026-11-12"
    for gone in (one, other):
        assert ask("DELETE", f"/api/contacts/{gone['id']}").status_code == 204
    assert last_touch() is None


def test_a_completed_task_is_not_open(ask, book):
    task = ask("GET", f"/api/workflows/tasks?customer_id={book['Ash'].id}").json["items"][0]
    ask("PATCH", f"/api/workflows/tasks/{task['id']}", {"status": "completed"})
    assert ask("GET", f"/api/customers/{book['Ash'].id}").json["openTasks"] == 1


def test_the_timeline_is_all_that_was_done_with_a_customer(ask, book):
    ash = book["Ash"]
    path = f"/api/customers/{ash.id}"
    person = contact(ask, ash, email="n@ash.test")
    ask("PATCH", f"/api/contacts/{person['id']}", {"title": "CFO"})
    ask("POST", f"{path}/facts", {"kind": "merger", "note": "In talks."})
    ask("POST", f"{path}/holds", {"reason": "Legal"})
    task = ask("GET", f"/api/workflows/tasks?customer_id={ash.id}").json["items"][0]
    ask("PATCH", f"/api/workflows/tasks/{task['id']}", {"status": "completed"})
    ask("POST", "/api/workflows/executions", {"customerId": ash.id, "stage": "discovery"})
    entries = ask("GET", f"{path}/timeline?limit=100").json["items"]
    verbs = [entry["verb"] for entry in entries]
    assert {"added customer", "added contact", "changed contact", "recorded fact", "placed hold"} <= set(verbs)
    assert {"created task", "started workflow"} <= set(verbs)
    named = {entry["verb"]: entry["name"] for entry in entries}
    assert (named["changed contact"], named["created task"], named["started workflow"]) == ("N", "T", "discovery")
    first = ask("GET", f"{path}/timeline?limit=4").json
    rest = ask("GET", f"{path}/timeline?limit=100&cursor={first['pagination']['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == [entry["id"] for entry in entries]
    assert ask("GET", f"/api/customers/{make_customer(by=OTHER).id}/timeline").status_code == 404
    assert "Birch" not in str(entries)
