"""Where the bench works: houses and a PostgreSQL on the disk of this checkout, and the quiet before each measurement."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from shared.ground.settings_table import SERVICES
from shared.process.child_process import ChildProcess
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
def house(make_url: Callable[[str], str] | None = None, services: Sequence[str] = SERVICES) -> Iterator[House]:
    """The house, or some services of it, with the settings of `make run` and the rehearsal processor; on SQLite, or on
    the databases that `make_url` makes."""
    with folder("house") as home:
        compiled: dict[str, Any] = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(FOLDER / "compiled")}
        urls = {name: make_url(name) if make_url else f"sqlite:///{home}/data/{name}.sqlite3" for name in SERVICES}
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
