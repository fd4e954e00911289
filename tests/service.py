"""The fixtures with which the tests of every service begin: settings, empty tables, its API, and a client of it.

A service's conftest says what it is with a fixture `service_under_test`; whatever differs there overrides one of these.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine

from shared.database.connection import session
from shared.ground import clock
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.process.service_main import Context
from shared.security.tokens import Signer
from tests.conftest import NOON

AWAY = "redis://127.0.0.1:1/0"
"""A Redis that nothing listens for, which no test of a service alone may notice."""

ANA = Principal("person", "ana", "Ana Alvarez", "demo", roles=frozenset({"member"}))
MAX = Principal("person", "max", "Max Weber", "demo", roles=frozenset({"member"}))
OTHER = Principal("person", "otto", "Otto", "acme", roles=frozenset({"admin"}))


@dataclass(frozen=True, eq=False)
class Service:
    """A service under test: its database and feed, the tables that are emptied before a test in this order, and who asks."""

    context: Context
    database: Any
    feed: Any
    tables: Sequence[Any]
    caller: Principal = ANA
    settings: Mapping[str, Any] = field(default_factory=dict)

    def empty(self) -> None:
        """Delete all rows of its tables, and what its feed says of them."""
        tables = self.feed.tables
        with session(self.database), self.database.atomic():
            for table in (*self.tables, tables.row, tables.cursor, tables.parked):
                table.delete().execute()


@pytest.fixture(scope="session")
def started_services(make_settings: Callable[..., Settings]) -> Callable[[Service], tuple[Settings, Any]]:
    """`started_services(service)` -> its settings, on a migrated database of its own, and its API; made once for each service."""

    @functools.cache
    def start_once(name: str, service: Service) -> tuple[Settings, Any]:
        made = make_settings(name, redis_url=AWAY, **service.settings)
        away = {other: "http://127.0.0.1:1" for other in made.urls if other != name}
        made = replace(made, urls=made.urls | away)
        service.context.migrate(made)
        return made, service.context.make_app(made)

    return lambda service: start_once(service.context.name, service)


@pytest.fixture(scope="module")
def settings(started_services: Callable[[Service], tuple[Settings, Any]], service_under_test: Service) -> Settings:
    """Settings of the service; Redis and the other services are away."""
    return started_services(service_under_test)[0]


@pytest.fixture(scope="module")
def application(started_services: Callable[[Service], tuple[Settings, Any]], service_under_test: Service) -> Any:
    """Its API."""
    return started_services(service_under_test)[1]


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The clock that the doors ask says NOON too."""
    with time_machine.travel(NOON):
        yield


@pytest.fixture
def database(settings: Settings, service_under_test: Service) -> Iterator[Any]:
    """An open connection on empty tables."""
    service_under_test.context.connect(settings)
    service_under_test.feed.on_news = lambda kinds: None
    service_under_test.empty()
    with session(service_under_test.database):
        yield service_under_test.database


@pytest.fixture
def ask(application: Any, settings: Settings, service_under_test: Service, database: Any) -> Callable[..., Any]:
    """`ask("POST", "/api/...", body, by=..., headers=...)` -> the response to this person, in a request of its own."""
    send = _sender(application, service_under_test)

    def ask_as_person(
        method: str,
        path: str,
        body: Any = None,
        *,
        by: Principal | None = service_under_test.caller,
        headers: dict[str, str] | None = None,
    ) -> Any:
        token = by and Signer("monitor", settings.keys).for_person(by, clock.now())
        return send(method, path, body, token, headers)

    return ask_as_person


@pytest.fixture
def ask_as_service(
    application: Any, settings: Settings, service_under_test: Service, database: Any
) -> Callable[..., Any]:
    """As `ask`, but by the monitor as a service, for a person if there is one."""
    send = _sender(application, service_under_test)

    def ask_for_person(
        method: str,
        path: str,
        body: Any = None,
        *,
        person: Principal | None = service_under_test.caller,
        tenant: str = "demo",
    ) -> Any:
        token = Signer("monitor", settings.keys).for_service(clock.now(), tenant_id=tenant, person=person)
        return send(method, path, body, token)

    return ask_for_person


def _sender(application: Any, service: Service) -> Callable[..., Any]:
    client = application.test_client()

    def send(method: str, path: str, body: Any, token: str | None, headers: dict[str, str] | None = None) -> Any:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        service.database.close()
        try:
            return client.open(path, method=method, json=body, headers=bearer | (headers or {}))
        finally:
            service.database.connect(reuse_if_open=True)

    return send


def refresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).get_by_id(row.get_id())


def acts_of(audit: Any, verb: str) -> list[Any]:
    """The acts of an audit trail with this verb, the earliest first."""
    table = audit.table
    return list(table.select().where(table.verb == verb).order_by(table.id))
