"""What people know of a customer, by REST: facts of every kind, holds, readings; and customers without a renewal date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.workflows import customer_context, fact_kinds
from services.workflows.models import Customer, CustomerFact, feed
from shared.contracts.holds import HoldSnapshot
from tests.conftest import NOON
from tests.workflows.conftest import OTHER, make_customer

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOON.date()
EXAMPLES = {
    "key_date": {"what": "board"},
    "notice_given": {"side": "customer"},
    "offer": {"side": "us", "pricePerYear": "1000.00"},
    "open_point": {"point": "Payment in thirty days", "worthPerYear": "1200.00"},
    "signatory": {"name": "Ada", "side": "customer"},
    "last_word": {"side": "us"},
    "going_out": {"what": "The yearly invoice", "recipient": "Ada"},
    "house_rule": {"what": "A lower quantity", "leadTimeDays": 3},
    "new_name": {"what": "domain", "before": "old.test", "after": "new.test"},
    "funding": {"funder": "A foundation", "endsOn": "2027-03-14"},
    "list_price": {"price": "560.00", "currency": "EUR", "unit": "seat", "quantityFrom": 450, "quantityTo": 599},
    "credit": {"amount": "5000.00", "currency": "USD", "reason": "the outage"},
    "remark": {"what": "The key runs out"},
    "measured_value": {"what": "Hours saved", "before": "40", "after": "12"},
}
"""Details of the kinds that need some."""


def day(offset):
    return (TODAY + timedelta(days=offset)).isoformat()


@pytest.fixture
def path():
    return f"/api/customers/{make_customer().id}"


def test_a_fact_of_every_kind_is_recorded_read_changed_and_closed(ask, path):
    kinds = ask("GET", "/api/customers/fact-kinds").json["items"]
    assert [kind["key"] for kind in kinds] == [kind.key for kind in fact_kinds.KINDS]
    for kind in kinds:
        body = {"kind": kind["key"], "details": EXAMPLES.get(kind["key"], {}), "note": "As said.", "on": day(-3)}
        made = ask("POST", f"{path}/facts", body)
        assert made.status_code == 201, made.text
        fact = made.json
        assert (fact["state"], fact["title"], fact["group"]) == (kind["states"][0]["key"], kind["title"], kind["group"])
        assert EXAMPLES.get(kind["key"], {}).items() <= fact["details"].items()
        assert set(kind["detailsSchema"]["properties"]) == set(fact["details"])
        last = kind["states"][-1]
        closed = ask("PATCH", f"{path}/facts/{fact['id']}", {"state": last["key"]})
        assert (closed.json["isOpen"], closed.json["version"]) == (False, 2), closed.text
    listed = ask("GET", f"{path}/facts?limit=100").json["items"]
    assert len(listed) == len(kinds)
    signals = ask("GET", f"{path}/facts?group=signal&is_open=true")
    assert signals.json["items"] == []


def test_a_fact_says_its_details_in_one_line_as_pages_write_money_and_dates(ask, path):
    lines = {
        kind: ask("POST", f"{path}/facts", {"kind": kind, "details": EXAMPLES[kind]}).json["line"]
        for kind in ("going_out", "new_name", "funding", "list_price", "credit", "remark", "offer")
    }
    assert lines == {
        "going_out": "The yearly invoice to Ada",
        "new_name": "old.test → new.test",
        "funding": "A foundation until 14 Mar 2027",
        "list_price": "€560 a seat, 450–599",
        "credit": "$5,000, the outage",
        "remark": "The key runs out",
        "offer": "us, 1,000",
    }


def test_signals_that_are_sent_back_as_they_were_read_close_no_fact(ask, path):
    for name in ("Delta", "Omega"):
        ask("POST", f"{path}/facts", {"kind": "competitor", "details": {"name": name}})
    signals = ask("GET", path).json["signals"]
    assert len(signals) == 2
    ask("PATCH", path, {"signals": signals})
    assert [fact["isOpen"] for fact in ask("GET", f"{path}/facts").json["items"]] == [True, True]
    ask("PATCH", path, {"signals": signals[:1]})
    assert sorted(fact["isOpen"] for fact in ask("GET", f"{path}/facts").json["items"]) == [False, True]


def test_readings_are_listed_page_by_page(ask, path):
    for ago in range(5):
        body = {"on": day(-ago), "active": ago, "licensed": 10}
        assert ask("POST", f"{path}/usage", body).status_code == 201
        assert ask("POST", f"{path}/scores", {"measure": "health", "value": ago, "on": day(-ago)}).status_code == 201
    for noun, name in (("usage", "active"), ("scores", "value")):
        first = ask("GET", f"{path}/{noun}?limit=3").json
        assert [row[name] for row in first["items"]] == [0, 1, 2]
        after = ask("GET", f"{path}/{noun}?limit=3&cursor={first['pagination']['next']}").json
        assert ([row[name] for row in after["items"]], after["pagination"]["next"]) == ([3, 4], None)
        assert len(ask("GET", f"{path}/{noun}").json["items"]) == 5
        assert ask("GET", f"{path}/{noun}?limit=201").status_code == 422


def test_a_fact_that_was_recorded_before_its_kind_had_a_detail_is_read(ask, path):
    made = ask("POST", f"{path}/facts", {"kind": "going_out", "details": {"what": "An invoice"}}).json
    CustomerFact.update(details={"what": "An invoice", "who": None}).where(CustomerFact.id == made["id"]).execute()
    assert ask("GET", f"{path}/facts").json["items"][0]["line"] == "An invoice"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"kind": "budget_cut", "state": "signed"}, "state"),
        ({"kind": "budget_cut", "details": {"percent": 101}}, "details.percent"),
        ({"kind": "budget_cut", "details": {"mood": "bad"}}, "details.mood"),
        ({"kind": "signatory", "details": {"name": "Ada"}}, "details.side"),
        ({"kind": "offer", "details": {"side": "us", "pricePerYear": 12}}, "details.pricePerYear"),
        ({"kind": "escalation", "on": "yesterday"}, "on"),
        ({"kind": "escalation", "note": "n" * 5_001}, "note"),
    ],
)
def test_a_fact_that_cannot_be_names_the_field(ask, path, body, field):
    refused = ask("POST", f"{path}/facts", body)
    assert refused.status_code == 422
    assert field in refused.json["errors"], refused.text


def test_signals_of_a_customer_are_its_open_facts(ask):
    signal = {"kind": "budget_cut", "note": "Cuts of 15 %.", "percent": 15.0, "observedOn": "2026-11-02"}
    body = {"name": "Acme", "arr": "1.00", "currency": "USD", "renewalDate": day(160), "signals": [signal]}
    customer = ask("POST", "/api/customers", body).json
    assert customer["signals"] == [signal]
    path = f"/api/customers/{customer['id']}"
    fact = ask("GET", f"{path}/facts").json["items"][0]
    assert (fact["kind"], fact["on"], fact["details"], fact["line"]) == (
        "budget_cut",
        "2026-11-02",
        {"percent": 15.0},
        "15 %",
    )
    merger = {"kind": "merger", "note": "", "percent": None, "observedOn": None}
    changed = ask("PATCH", path, {"signals": [merger]}).json
    assert [one["kind"] for one in changed["signals"]] == ["merger"]
    states = {one["kind"]: one["state"] for one in ask("GET", f"{path}/facts").json["items"]}
    assert states == {"budget_cut": "closed", "merger": "open"}
    watched = {"state": "explained"}
    merger_id = next(one["id"] for one in ask("GET", f"{path}/facts").json["items"] if one["kind"] == "merger")
    ask("PATCH", f"{path}/facts/{merger_id}", watched)
    assert ask("GET", path).json["signals"] == []


def test_a_stale_change_of_a_fact_is_refused_and_a_removed_one_is_gone(ask, path):
    fact = ask("POST", f"{path}/facts", {"kind": "escalation"}).json
    where = f"{path}/facts/{fact['id']}"
    assert ask("PATCH", where, {"note": "a"}).status_code == 200
    assert ask("PATCH", where, {"note": "b"}, headers={"If-Match": '"1"'}).status_code == 412
    assert ask("DELETE", where).status_code == 204
    assert ask("PATCH", where, {"note": "c"}).status_code == 404


def test_a_fact_of_another_customer_or_tenant_is_not_found(ask, path):
    theirs = make_customer(by=OTHER)
    assert ask("GET", f"/api/customers/{theirs.id}/facts").status_code == 404
    assert ask("POST", f"/api/customers/{theirs.id}/facts", {"kind": "merger"}).status_code == 404
    fact = ask("POST", f"{path}/facts", {"kind": "merger"}).json
    another = make_customer()
    assert ask("PATCH", f"/api/customers/{another.id}/facts/{fact['id']}", {}).status_code == 404


def test_a_hold_stands_from_its_first_to_its_last_day_and_until_it_is_lifted(ask, path):
    body = {"reason": "Legal: no contact", "untilOn": day(10), "askedBy": "Counsel", "exceptions": ["support tickets"]}
    made = ask("POST", f"{path}/holds", body)
    assert made.status_code == 201, made.text
    hold = made.json
    assert (hold["fromOn"], hold["untilOn"], hold["exceptions"]) == (day(0), day(10), ["support tickets"])
    assert ask("GET", path).json["hold"]["reason"] == "Legal: no contact"
    assert ask("GET", "/api/customers").json["items"][0]["hold"]["id"] == hold["id"]
    lifted = ask("POST", f"{path}/holds/{hold['id']}/lift", {"reason": "Settled"})
    assert (lifted.status_code, lifted.json["liftedReason"]) == (200, "Settled")
    assert ask("GET", path).json["hold"] is None
    assert ask("POST", f"{path}/holds/{hold['id']}/lift", {}).status_code == 409
    assert len(ask("GET", f"{path}/holds").json["items"]) == 1


def test_a_hold_that_begins_later_does_not_stand_yet(ask, path):
    ask("POST", f"{path}/holds", {"reason": "Tender", "fromOn": day(1)})
    assert ask("GET", path).json["hold"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "Legal", "untilOn": day(-1)}, "untilOn"),
        ({"reason": "Legal", "fromOn": day(5), "untilOn": day(4)}, "untilOn"),
        ({"reason": " "}, "reason"),
        ({"reason": "Legal", "exceptions": ["two\nlines"]}, "exceptions.0"),
    ],
)
def test_a_hold_that_cannot_be_names_the_field(ask, path, body, field):
    refused = ask("POST", f"{path}/holds", body)
    assert refused.status_code == 422
    assert field in refused.json["errors"]


def test_a_hold_is_published_with_the_addresses_of_the_customers_people(ask, path):
    customer_id = path.rpartition("/")[2]
    hold = ask("POST", f"{path}/holds", {"reason": "Legal"}).json

    def published():
        changes = feed.changes(0, ["hold"], 100)["changes"]
        assert all(HoldSnapshot().validate(change["data"]) == {} for change in changes)
        return next(change["data"] for change in changes if change["subject"] == hold["id"])

    assert (published()["addresses"], published()["lifted"]) == ([], False)
    contact = {"customerId": customer_id, "name": "Ada", "email": "Ada@Acme.test"}
    made = ask("POST", "/api/contacts", contact).json
    assert published()["addresses"] == ["ada@acme.test"]
    ask("PATCH", f"/api/contacts/{made['id']}", {"email": "ada@new.test"})
    assert published()["addresses"] == ["ada@new.test"]
    ask("DELETE", f"/api/contacts/{made['id']}")
    assert published()["addresses"] == []
    ask("POST", f"{path}/holds/{hold['id']}/lift", {})
    assert published()["lifted"]


def test_scores_have_a_history_and_the_latest_day_is_the_present_one(ask, path):
    def score(**body):
        return ask("POST", f"{path}/scores", {"measure": "health"} | body)

    assert score(value=86, on=day(-75), source="CSM").json["healthScore"] == 86
    assert score(value=48, on=day(-9), source="computed").json["healthScore"] == 48
    assert score(value=90, on=day(-200)).json["healthScore"] == 48
    ask("PATCH", path, {"healthScore": 60, "renewalLikelihood": 70})
    readings = ask("GET", f"{path}/scores").json["items"]
    assert [(one["measure"], one["on"], one["value"]) for one in readings if one["measure"] == "health"] == [
        ("health", day(0), 60),
        ("health", day(-9), 48),
        ("health", day(-75), 86),
        ("health", day(-200), 90),
    ]
    assert [one["value"] for one in readings if one["measure"] == "likelihood"] == [70]
    assert score(value=10, on=day(1)).status_code == 422
    assert score(value=101).status_code == 422


def test_a_change_that_leaves_a_score_as_it_is_makes_no_reading(ask, path):
    ask("PATCH", path, {"healthScore": 60})
    ask("PATCH", path, {"healthScore": 60, "industry": "Retail"})
    assert len(ask("GET", f"{path}/scores").json["items"]) == 1


def test_no_data_is_not_nothing_used_and_a_day_has_one_reading(ask, path):
    def usage(**body):
        return ask("POST", f"{path}/usage", body)

    assert usage(on=day(-30), site="Dolna", active=None, licensed=80, live=False).status_code == 201
    assert usage(on=day(-30), site="Gora", active=0, licensed=80).json["active"] == 0
    assert usage(on=day(-30), site="Gora", active=41, licensed=80).json["active"] == 41
    listed = ask("GET", f"{path}/usage").json["items"]
    assert sorted((one["site"], one["active"], one["live"]) for one in listed) == [
        ("Dolna", None, False),
        ("Gora", 41, True),
    ]
    assert usage(on=day(1), active=1).status_code == 422
    assert usage(on=day(-1), active=-1).status_code == 422
    assert ask("DELETE", f"{path}/usage/{listed[0]['id']}").status_code == 204
    assert len(ask("GET", f"{path}/usage").json["items"]) == 1


def test_readings_are_the_usage_from_which_steps_compute(ask, path):
    for months, active in ((4, 300), (3, 320), (2, 350), (1, 410)):
        body = {"on": day(-30 * months), "active": active, "licensed": 500}
        ask("POST", f"{path}/usage", body)
    customer = Customer.get_by_id(path.rpartition("/")[2])
    usage = customer_context.read(customer, now=NOON).customer.usage
    assert usage == {"licensedSeats": 500, "activeSeats": 410, "monthlyActiveUsers": [300, 320, 350, 410]}


def test_a_customer_may_run_from_month_to_month_and_says_where_its_date_is_from(ask):
    body = {"name": "Acme", "arr": "1.00", "currency": "USD", "renewalTerms": "month_to_month"}
    made = ask("POST", "/api/customers", body)
    assert made.status_code == 201, made.text
    customer = made.json
    assert (customer["renewalDate"], customer["daysToRenewal"], customer["stage"]) == (None, None, None)
    dated = make_customer(days=900)
    assert [one["id"] for one in ask("GET", "/api/customers").json["items"]] == [
        dated.id,
        customer["id"],
    ]
    start = {"customerId": customer["id"], "stage": "discovery"}
    refused = ask("POST", "/api/workflows/executions", start)
    assert refused.status_code == 409
    assert "no renewal date" in refused.json["detail"]
    path = f"/api/customers/{customer['id']}"
    late = ask("PATCH", path, {"renewalTerms": "dated"})
    assert (late.status_code, list(late.json["errors"])) == (422, ["renewalDate"])
    now_dated = {"renewalTerms": "dated", "renewalDate": day(160), "renewalDateSource": "Order form 7"}
    changed = ask("PATCH", path, now_dated).json
    assert (changed["stage"], changed["renewalDateSource"]) == ("discovery", "Order form 7")
    assert ask("POST", "/api/workflows/executions", start).status_code == 201


def test_a_customer_holds_all_that_its_record_says(ask, path):
    known = {
        "notes": "Two lines\nof it.",
        "tier": "Gold",
        "parentName": "Larger plc",
        "parentRelation": "acquirer",
        "executiveSponsor": "Gareth L.",
        "language": "fr",
        "fiscalYearEnd": "2027-03-31",
    }
    changed = ask("PATCH", path, known)
    assert known.items() <= changed.json.items(), changed.text
    assert ask("PATCH", path, {"language": "French"}).status_code == 422
    assert ask("PATCH", path, {"parentRelation": "cousin"}).status_code == 422


def test_a_contact_holds_who_signs_who_is_away_and_who_left(ask, path):
    customer_id = path.rpartition("/")[2]
    deputy = ask("POST", "/api/contacts", {"customerId": customer_id, "name": "Di"}).json["id"]
    known = {
        "otherRoles": ["procurement"],
        "signs": True,
        "signingLimit": "100000.00",
        "signingCurrency": "CHF",
        "lastTouchBy": "Ana",
        "answered": False,
        "awayFrom": day(3),
        "awayUntil": day(20),
        "deputyId": deputy,
        "channel": "phone",
        "organisation": "Outside counsel",
        "leftTo": "Another plc",
        "leftOn": day(-1),
    }
    made = ask("POST", "/api/contacts", {"customerId": customer_id, "name": "Bea"} | known)
    assert made.status_code == 201, made.text
    assert known.items() <= made.json.items()
    where = f"/api/contacts/{made.json['id']}"
    assert list(ask("PATCH", where, {"deputyId": made.json["id"]}).json["errors"]) == ["deputyId"]
    away = {"awayFrom": day(3), "awayUntil": day(2)}
    assert list(ask("PATCH", where, away).json["errors"]) == ["awayUntil"]
    assert ask("DELETE", f"/api/contacts/{deputy}").status_code == 204
    assert ask("GET", where).json["deputyId"] is None


def test_a_contract_says_what_it_amends_and_what_it_sets(ask, path):
    main = ask("POST", f"{path}/contracts", {"title": "Main", "text": "It renews."}).json
    known = {
        "kind": "amendment",
        "relation": "amends",
        "relatesToId": main["id"],
        "state": "draft",
        "language": "de",
        "parties": ["Acme plc", "Us"],
        "amount": "207000.00",
        "currency": "EUR",
        "products": ["Planner"],
        "committedUntil": day(30),
        "anniversaryOn": day(200),
        "priceSteps": [{"on": day(100), "amount": "207000.00", "percent": None, "note": None}],
        "windows": [{"kind": "option", "opensOn": None, "closesOn": day(70), "holder": "customer", "note": None}],
    }
    made = ask("POST", f"{path}/contracts", {"title": "No. 1", "text": "It is changed."} | known)
    assert made.status_code == 201, made.text
    assert known.items() <= made.json.items()
    half = {"title": "No. 2", "text": "x", "relation": "amends"}
    assert list(ask("POST", f"{path}/contracts", half).json["errors"]) == ["relatesToId"]
    window = {"title": "No. 3", "text": "x", "windows": [{"kind": "option", "closesOn": "soon"}]}
    refused = ask("POST", f"{path}/contracts", window)
    assert list(refused.json["errors"]) == ["windows.0.closesOn"]
