"""Houses for the fault tests: the executor's API, or that of runs beside it, and a Redis, on either database, once for all
tests; workers come with each test and are killed with it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults import dying
from tests.faults.checker import Books
from tests.faults.guided import SERVICES
from tests.house import House
from tests.postgres import new_database, start_postgres

SETTINGS = {
    "TANDEM_TEST_PROCESSORS": "true",
    "TANDEM_LEASE_SECONDS": "2",
    "TANDEM_SWEEP_SECONDS": "0.3",
    "TANDEM_POLL_SECONDS": "0.5",
    "TANDEM_FEED_POLL_SECONDS": "5",
    "TANDEM_RETRY_DELAY_SECONDS": "0.5",
    "TANDEM_SLOTS": "4",
    "TANDEM_LOG_LEVEL": "ERROR",
}

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """`postgres()` -> the URL of a new database on a PostgreSQL of our own, which starts when it is first asked for.

    Its folder is not pytest's: each new session of pytest shuts that one to the server's own user.
    """
    servers: list[Any] = []

    def make() -> str:
        if not servers:
            servers.append(start_postgres(Path(tempfile.mkdtemp(prefix="tandem-postgres-"))))
        return new_database(servers[0].get_uri(), f"faults_{next(_numbers)}")

    yield make
    for server in servers:
        server.cleanup()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled modules are kept here, whatever the environment says: processes start here by the hundred."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled"))}


@pytest.fixture(scope="session")
def build(
    tmp_path_factory: pytest.TempPathFactory, postgres: Callable[[], str], compiled: dict[str, str]
) -> Callable[..., Any]:
    """`with build("sqlite", TANDEM_SLOTS=1) as house:` an executor of its own without workers, or several services;
    all of it is killed at the end."""

    @contextmanager
    def make(engine: str, services: Sequence[str] = ("executor",), **environment: object) -> Iterator[House]:
        home = tmp_path_factory.mktemp("house")
        files = {name: f"sqlite:///{home}/data/{name}.sqlite3" for name in services}
        told: dict[str, Any] = SETTINGS | compiled | environment
        house = House(
            home,
            services=services,
            workers=dict.fromkeys(services, 0),
            samples=False,
            database_urls={name: postgres() for name in services} if engine == "postgresql" else files,
            **told,
        )
        with house:
            try:
                yield house
            finally:
                house.crash()

    return make


@pytest.fixture(scope="session")
def built(build: Callable[..., Any]) -> Iterator[Callable[..., House]]:
    """`built("sqlite")` -> a house with these settings, the same one for all tests that ask so."""
    standing: dict[Any, tuple[Any, House]] = {}

    def make(engine: str, services: Sequence[str] = ("executor",), **environment: object) -> House:
        key = (engine, *services, *sorted(environment.items()))
        if key not in standing:
            context = build(engine, services, **environment)
            standing[key] = (context, context.__enter__())
        return standing[key][1]

    yield make
    for context, _ in standing.values():
        context.__exit__(None, None, None)


@pytest.fixture
def house(built: Callable[..., House]) -> House:
    """An executor on SQLite, and no worker."""
    return built("sqlite")


@pytest.fixture(params=["sqlite", "postgresql"])
def either_house(request: pytest.FixtureRequest, built: Callable[..., House]) -> House:
    """An executor on SQLite, then one on PostgreSQL, and no worker."""
    return built(request.param)


@pytest.fixture
def guided(request: pytest.FixtureRequest, built: Callable[..., House]) -> House:
    """Runs and the executor without workers, on SQLite or on the engine that a test is given; no point has killed yet."""
    house = built(getattr(request, "param", "sqlite"), SERVICES, TANDEM_FEED_POLL_SECONDS=0.5, TANDEM_MAX_RETRIES=20)
    dying.forget_all(Path(house.told.home))
    return house


@pytest.fixture
def books(house: House) -> Books:
    """The durable tables of `house`."""
    return books_of(house)


@pytest.fixture
def either_books(either_house: House) -> Books:
    """The durable tables of `either_house`."""
    return books_of(either_house)


def books_of(house: House) -> Books:
    """The durable tables of a house's executor."""
    return Books(house.environment["TANDEM_EXECUTOR_DATABASE_URL"], Path(house.told.home) / "sandbox-crm.sqlite3")


@pytest.fixture
def measured(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """`measured(kills=30)` keeps what was measured with the test's report, and prints it at the end of the session."""

    def note(**figures: object) -> None:
        told = {name: round(figure, 3) if isinstance(figure, float) else figure for name, figure in figures.items()}
        for name, figure in told.items():
            record_property(name, figure)
        request.config.stash.setdefault(FIGURES, []).append(
            f"{request.node.name}: " + ", ".join(f"{name} {figure}" for name, figure in told.items())
        )

    return note


FIGURES = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What the faults measured, under the tests' outcome."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)
