"""A person who was deactivated comes in nowhere, though their token would be good for minutes yet."""

from __future__ import annotations

import pytest

from services.monitor.api import browser
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.security.tokens import Signer
from tests.contexts import CONTEXTS
from tests.contracts.following import follow

LISTS = {
    "runs": "/api/guided-runs",
    "workflows": "/api/customers",
    "executor": "/api/ai-tasks",
    "monitor": "/api/notifications",
}


@pytest.fixture(scope="module")
def leaver(applications, admin):
    """Somebody whom all four services know, deactivated just now."""
    client = applications["monitor"][0].test_client()
    person = {"name": "Lea Leaver", "email": f"{ids.new_id()}@demo.test", "role": "developer"}
    told = client.post("/api/people", json=person, headers=admin)
    assert told.status_code == 201, told.text
    by = Principal("person", told.json["id"], "Lea Leaver", "demo", roles=frozenset({"developer"}))
    for service in ("runs", "workflows", "executor"):
        follow(applications, service, "monitor")
    before = {service: ask(applications, service, by) for service in CONTEXTS}
    changed = client.patch(f"/api/people/{by.id}", json={"active": False}, headers=admin)
    assert changed.status_code == 200, changed.text
    for service in ("runs", "workflows", "executor"):
        follow(applications, service, "monitor")
    return by, before


def ask(applications, service, by):
    """The status of the answer to a list, with the token that the person got before."""
    application, settings = applications[service]
    token = Signer("monitor", settings.keys).for_person(by, clock.now())
    return application.test_client().get(LISTS[service], headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("service", CONTEXTS)
def test_their_token_is_good_before_and_refused_after(service, applications, leaver):
    by, before = leaver
    assert (before[service], ask(applications, service, by)) == (200, 401)


@pytest.mark.parametrize("service", ["runs", "workflows", "executor"])
def test_no_service_does_anything_on_their_behalf(service, applications, leaver):
    application, settings = applications[service]
    token = Signer("monitor", settings.keys).for_service(clock.now(), person=leaver[0])
    answer = application.test_client().post("/internal/runs/x/cancel", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_the_same_id_in_another_tenant_is_another_person(applications, leaver):
    assert ask(applications, "workflows", leaver[0].within("acme")) == 200


def test_a_stream_that_they_have_open_ends(applications, leaver):
    application, settings = applications["monitor"]
    token = Signer("monitor", settings.keys).for_person(leaver[0], clock.now())
    with application.test_request_context(headers={"Authorization": f"Bearer {token}"}):
        still = browser.reauthenticator()
    assert still() is None
