"""Who gets in: bad credentials, roles, another tenant's ids, and pages of other sites, on every route of the four services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.ground import clock
from shared.ground.principal import ROLES, Principal
from shared.security.tokens import Signer
from tests.attack import foreign
from tests.attack.asking import Answered, Call, ask_all
from tests.attack.report import Table
from tests.attack.target import Target, standing
from tests.contracts import credentials
from tests.contracts.routes import Route

REFUSED = (401, 403)
SIGN_IN = "/sign-in"

OTHER_SITES = {
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.test"},
    "a site beside": {"Sec-Fetch-Site": "same-site"},
    "typed or none": {"Sec-Fetch-Site": "none"},
    "another site, by Origin alone": {"Origin": "https://elsewhere.test"},
    "no origin": {"Origin": "null"},
    "neither header": {},
    "another site, with Basic": {"Sec-Fetch-Site": "cross-site", "Authorization": "Basic bWF4OnRhbmRlbQ=="},
    "another site, with an empty bearer": {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer "},
}


def main() -> int:
    """Build the house, try each, and print a table; 1 when somebody was let in, was answered wrongly or saw what is another's."""
    with standing() as target:
        tables = [bad_credentials(target), roles(target), tenants(target), other_sites(target)]
    for table in tables:
        table.show()
    return int(any(table.wrong for table in tables))


def bad_credentials(target: Target) -> Table:
    """Every kind of bad credential at every route."""
    table = Table("bad credentials", "let in")
    made = credentials.bad(target.applications)
    calls = (
        Call(kind, route.service, route.method, route.path({}), make())
        for kind, make in made.items()
        for route in target.routes()
    )
    for answered in ask_all(target.house.url, calls):
        table.count(answered.call.kind, answered, wrong=not _is_refused(answered))
    return table


def _is_refused(answered: Answered) -> bool:
    """A page sends a stranger to where people sign in."""
    return answered.status in REFUSED or (answered.status in (302, 303) and answered.location.startswith(SIGN_IN))


def roles(target: Target) -> Table:
    """Everybody at every route, about things that are not there: who may gets beyond the refusal, who may not does not."""
    table = Table("roles", "wrong")
    pairs = [(role, route) for role in (*ROLES, "service") for route in target.routes()]
    answers = ask_all(target.house.url, (_as_role(target, role, route) for role, route in pairs))
    for (role, route), answered in zip(pairs, answers, strict=True):
        table.count(role, answered, wrong=(answered.status not in REFUSED) != route.is_for(role))
    return table


def _as_role(target: Target, role: str, route: Route) -> Call:
    by = Principal("person", f"attacker-{role}", "Attacker", "demo", roles=frozenset({role}))
    signer = Signer("monitor", target.house.told.keys)
    now = clock.now()
    token = signer.for_service(now, tenant_id="demo") if role == "service" else signer.for_person(by, now)
    return Call(role, route.service, route.method, route.path({}), {"Authorization": f"Bearer {token}"})


def tenants(target: Target) -> Table:
    """What one tenant has, asked for by an admin of another."""
    table = Table("another tenant's", "leaks")
    before = foreign.rows(target)
    for kind, answered, leaks in foreign.walked(target):
        table.count(kind, answered, wrong=leaks)
    table.note("rows that were touched", foreign.rows_changed(target, before))
    return table


def other_sites(target: Target) -> Table:
    """What a page of another site makes the browser of somebody send who is signed in here."""
    table = Table("sent from other sites, with a session", "not refused")
    by = credentials.new_person(target.applications, "super_admin")
    cookie = {"Cookie": f"{credentials.COOKIE}={credentials.open_session(target.applications, by.id, 'demo')}"}
    routes = [route for route in target.routes() if route.service == "monitor" and route.is_unsafe]
    own = Call("", "monitor", "GET", "/app/monitor", cookie)
    assert [answered.status for answered in ask_all(target.house.url, [own])] == [200], "the session lets nobody in"
    for answered in ask_all(target.house.url, _from_elsewhere(routes, cookie)):
        table.count(answered.call.kind, answered, wrong=answered.status != 403)
    assert [answered.status for answered in ask_all(target.house.url, [own])] == [200], "the session was ended"
    return table


def _from_elsewhere(routes: Iterable[Route], cookie: dict[str, str]) -> Iterator[Call]:
    for kind, headers in OTHER_SITES.items():
        for route in routes:
            yield Call(kind, route.service, route.method, route.path({}), cookie | headers)
