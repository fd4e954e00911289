"""Who gets in where: every kind of bad credential is refused at every service, and every role gets to what its views name."""

from __future__ import annotations

import pytest

from shared.ground import clock
from shared.ground.principal import ROLES, Principal
from shared.security.tokens import Signer
from tests.contexts import CONTEXTS
from tests.contracts import credentials
from tests.contracts.routes import guarded

REFUSED = (401, 403)


def some_routes(applications, service):
    """One route of each role and kind: the views name the role, one gate holds it. `python -m tests.attack rights` tries them all."""
    routes = (route for route in guarded(applications) if route.service == service)
    return list({(route.role, route.is_page, route.is_unsafe): route for route in routes}.values())


@pytest.fixture(scope="module")
def bad(applications):
    return credentials.bad(applications)


@pytest.mark.parametrize("service", CONTEXTS)
def test_no_bad_credential_lets_anybody_in(service, applications, bad):
    client = applications[service][0].test_client(use_cookies=False)
    some = some_routes(applications, service)
    assert len(bad) >= 40
    for what, make in bad.items():
        for route in some:
            answer = client.open(route.path({}), method=route.method, headers=make())
            to_sign_in = answer.status_code in (302, 303) and answer.location.startswith("/sign-in")
            assert answer.status_code in REFUSED or to_sign_in, f"{what}: {answer.status_code} to {route}"


@pytest.mark.parametrize("role", [*ROLES, "service"])
def test_a_role_gets_to_what_is_for_it_and_to_nothing_else(role, applications, keys):
    by = Principal("person", f"tester-{role}", "Tester", "demo", roles=frozenset({role}))
    signer, now = Signer("monitor", keys), clock.now()
    token = signer.for_service(now, tenant_id="demo") if role == "service" else signer.for_person(by, now)
    let_in = []
    for route in (route for service in CONTEXTS for route in some_routes(applications, service)):
        client = applications[route.service][0].test_client()
        answer = client.open(route.path({}), method=route.method, headers={"Authorization": f"Bearer {token}"})
        answer.close()
        assert (answer.status_code not in REFUSED) == route.is_for(role), f"{answer.status_code} to {route}"
        let_in += [route] * (answer.status_code not in REFUSED)
    assert len(let_in) >= 8
