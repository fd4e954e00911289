"""Home in front of the real owners: the day of a person and of the team, and where developers and operators land."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from shared.ground import clock
from tests.contracts import console, tenants


@pytest.fixture(scope="module")
def client(applications, blue):
    console.connect(applications)
    return console.signed_in(applications, tenants.admin_of(tenants.BLUE))


@pytest.fixture(scope="module")
def headers(applications, blue):
    return tenants.headers_of(applications, tenants.admin_of(tenants.BLUE))


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_team_s_day_holds_what_is_late_what_waits_and_what_renews(applications, client, headers, blue):
    workflows = applications["workflows"][0].test_client()
    day = clock.now().date()
    for title, due in (("Call them late", -3), ("Call them today", 0), ("Call them in a month", 30)):
        body = {"title": title, "dueDate": (day + timedelta(days=due)).isoformat()}
        assert workflows.post("/api/workflows/tasks", json=body, headers=headers).status_code == 201
    customer = {"name": "Soon & Sons", "arr": "1250.00", "currency": "EUR", "healthScore": 20}
    renewal = {"renewalDate": (day + timedelta(days=20)).isoformat()}
    made = workflows.post("/api/customers", json=customer | renewal, headers=headers).json
    answer = client.get("/app?whose=team")
    said = words(answer)
    assert answer.status_code == 200
    assert "Call them late" in said
    assert "Call them today" in said
    assert "Call them in a month" not in said
    assert "The plan is to be reviewed" in said
    assert f'href="/app/customers/{made["id"]}"' in answer.text
    assert "Soon &amp; Sons" in answer.text
    assert "Signature" in said
    assert "€1,250" in said
    assert "1 customer at risk" in said


def test_what_is_another_tenant_s_is_not_in_it(client, reds):
    said = words(client.get("/app?whose=team"))
    assert tenants.secret_of(tenants.BLUE) in said
    assert tenants.secret_of(tenants.RED) not in said


@pytest.mark.parametrize("role", ["developer", "operator"])
def test_who_answers_for_failures_lands_on_the_inbox(applications, client, role):
    answer = console.signed_in(applications, tenants.admin_of(tenants.BLUE), role=role).get("/app")
    assert (answer.status_code, answer.location) == (303, "/app/inbox")


def test_anything_is_found_by_the_beginnings_of_its_words(applications, client, headers):
    workflows = applications["workflows"][0].test_client()
    assert workflows.post("/api/workflows/tasks", json={"title": "Secret errand"}, headers=headers).status_code == 201
    found = client.get("/app/find", query_string={"q": "secret"}, headers={"HX-Request": "true"})
    said = words(found)
    for word in ("Customers", "Contacts", "Tasks"):
        assert word in said
    assert 'role="option"' in found.text
    assert "Find" in words(client.get("/app/find?q=con"))
    assert "Contacts" in words(client.get("/app/find?q=con", headers={"HX-Request": "true"}))
    nothing = client.get("/app/find", query_string={"q": "zzzz"}, headers={"HX-Request": "true"})
    assert "Nothing begins with “zzzz”." in words(nothing)
