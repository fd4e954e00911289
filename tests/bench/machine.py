"""Where the bench works: houses and a PostgreSQL on the disk of this checkout, and the quiet before each measurement."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from shared.database.connection import is_postgres, session
from shared.ground import settings
from shared.ground.settings_table import SERVICES
from shared.process.child_process import ChildProcess
from shared.process.service_main import Context
from tests.house import House
from tests.postgres import new_database, start_postgres

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
QUIET = 0.15
"""Cores that a house may use and still count as idle."""

_numbers = itertools.count(1)


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder that is gone afterwards. Not below /tmp: that may be memory, where a commit that waits for the disk costs
    nothing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=FOLDER))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def connected(context: Context, database: Any, feed: Any, url: str, home: Path) -> Iterator[None]:
    """The models of a service on a migrated database, in this process."""
    loaded = settings.load(context.name)
    made = replace(loaded, home=home, database_urls=loaded.database_urls | {context.name: url})
    context.migrate(made)
    context.connect(made)
    feed.on_news = lambda kinds: None
    with session(database):
        if is_postgres(database):
            # So many rows at once take longer than any statement of a service may.
            database.execute_sql("SET statement_timeout = 0")
        yield
    if is_postgres(database):
        database.obj.close_all()


@contextmanager
def postgres() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL of our own: `make("executor")` -> the URL of a new database on it."""
    with folder("postgres") as data:
        server = start_postgres(data, durable=True)

        def make(name: str) -> str:
            return new_database(server.get_uri(), f"{name}_{next(_numbers)}")

        try:
            yield make
        finally:
            server.cleanup()


@contextmanager
def house(
    make_url: Callable[[str], str] | None = None,
    services: Sequence[str] = SERVICES,
    fill: Callable[[Mapping[str, str], Path], None] | None = None,
) -> Iterator[House]:
    """The house, or some services of it, with the settings of `make run` and the rehearsal processor; on SQLite, or on
    the databases that `make_url` makes. `fill` is called with the URLs of the databases before anything starts."""
    with folder("house") as home:
        compiled: dict[str, Any] = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(FOLDER / "compiled")}
        urls = {name: make_url(name) if make_url else f"sqlite:///{home}/data/{name}.sqlite3" for name in SERVICES}
        if fill:
            (home / "data").mkdir()
            fill(urls, home)
        told: dict[str, Any] = {"services": services, "samples": len(services) == len(SERVICES), "database_urls": urls}
        with House(home, quick=False, TANDEM_TEST_PROCESSORS="true", **told, **compiled) as started:
            yield started


def database_url(of: House, service: str) -> str:
    """The database of one service of a house that `house` made."""
    return of.environment[f"TANDEM_{service.upper()}_DATABASE_URL"]


def redis_url(of: House, database: int) -> str:
    """The house's Redis server, a database of its own on it."""
    return f"{of.launcher.environment['REDIS_URL'].rsplit('/', 1)[0]}/{database}"


def processor_seconds(of: House, prefix: str = "") -> dict[str, float]:
    """`{part: seconds of a core}` that the parts with that prefix have used so far, their children included."""
    used = {}
    for part in of.parts(prefix):
        if part.process is None:
            continue
        own = psutil.Process(part.process.pid)
        times = [one.cpu_times() for one in (own, *own.children(recursive=True))]
        used[part.name] = sum(one.user + one.system for one in times)
    return used


def postgres_seconds() -> float:
    """Seconds of a core that the PostgreSQL of the bench has used so far, its ended processes included; 0 without one."""
    used = 0.0
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and any(str(FOLDER) in word for word in process.info["cmdline"] or ()):
            times = process.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
            used += sum(sum(child.cpu_times()[:2]) for child in process.children())
    return used


def end(part: ChildProcess) -> None:
    """Terminate a process of the bench's own and wait for it; what does not end is killed."""
    if part.process is None:
        return
    part.process.terminate()
    try:
        part.process.wait(15)
    except subprocess.TimeoutExpired:
        part.process.kill()
        part.process.wait(5)


def settle(of: House, *, seconds: float = 60) -> None:
    """Wait until the house is idle: what was asked of it before has been done, told and read. TimeoutError when it never
    is."""
    until, quiet = time.monotonic() + seconds, 0
    while quiet < 3:
        if time.monotonic() > until:
            raise TimeoutError(f"the house is not idle after {seconds:.0f} s")
        before = sum(processor_seconds(of).values())
        time.sleep(0.5)
        quiet = quiet + 1 if sum(processor_seconds(of).values()) - before < QUIET * 0.5 else 0
