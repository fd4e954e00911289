"""A backup is taken under load and put back: of one service, of some, of all. What stands then is whole, once, and the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from shared.ground import ids
from tests.acceptance import story
from tests.faults.checker import FINAL, _sqlite_rows
from tests.faults.conftest import SETTINGS
from tests.faults.orders import Poster, echo
from tests.house import House, eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

SERVICES = ("runs", "workflows", "executor", "monitor")
RESTORES = (("executor",), ("workflows", "monitor"), ())
"""Which databases are put back; none named is all of them, with what stands in for the outside world."""

CUSTOMERS = (story.SEED_CASE, "Pacific Kelp")


class Installation:
    """A house whose data outlives it: stopped, put back and started again."""

    def __init__(self, home: Path, urls: dict[str, str], environment: dict[str, str]) -> None:
        self.home, self.urls = home, urls
        self.environment = environment
        self._house: House | None = None

    def start(self) -> House:
        """All services and their workers."""
        self._house = House(self.home, database_urls=self.urls, samples=True, **self.environment)
        return self._house.__enter__()

    def stop(self) -> None:
        """End all of them in good order, if they run."""
        if self._house is not None:
            self._house.__exit__()
            self._house = None

    def tandem(self, house: House, *words: str) -> str:
        """What the command line prints; AssertionError with what it complains of."""
        command = [sys.executable, "-m", "shared.cli", *words]
        done = subprocess.run(
            command, env=house.launcher.environment, cwd=house.launcher.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, service: str, question: str) -> list[tuple]:
        """The rows of a question to one database."""
        url = self.urls[service]
        if url.startswith("sqlite:///"):
            found = _sqlite_rows(Path(url.removeprefix("sqlite:///")), question)
            return [tuple(vars(row).values()) for row in found]
        with psycopg.connect(url) as connection:
            return connection.execute(question).fetchall()  # type: ignore[call-overload]


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path, postgres, compiled):
    """An empty one on either engine."""
    files = {name: f"sqlite:///{tmp_path}/home/data/{name}.sqlite3" for name in SERVICES}
    urls = {name: postgres() for name in SERVICES} if request.param == "postgresql" else files
    quick = {"TANDEM_FEED_POLL_SECONDS": "0.5", "TANDEM_SLOTS": "10"}
    made = Installation(tmp_path / "home", urls, SETTINGS | compiled | quick)
    yield made
    made.stop()


class Load:
    """Asks for AI tasks, fifty a second at most, in a thread of its own, until it is stopped; each changes the CRM once."""

    PAUSE = 0.02

    def __init__(self, house: House) -> None:
        self.accepted: list[str] = []
        self._stop = threading.Event()
        self._poster = Poster(house)
        self._thread = threading.Thread(target=self._post)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _post(self) -> None:
        while not self._stop.wait(self.PAUSE):
            answer = self._poster.post(echo(id=ids.new_id(), effect=True))
            if answer.status == 201:
                self.accepted.append(answer.id)

    def reaches(self, count: int) -> None:
        """Wait until so many more are accepted."""
        wanted = len(self.accepted) + count
        eventually(lambda: len(self.accepted) >= wanted, seconds=60)


def test_what_is_put_back_is_whole_and_once_and_the_same_everywhere(installation, tmp_path, measured):
    kept: set[str] = set()
    plans: list[str] = []
    house = installation.start()
    for number, services in enumerate(RESTORES):
        backup, named = str(tmp_path / f"backup {number}"), services or SERVICES
        planned = draft(house, CUSTOMERS[number % len(CUSTOMERS)])
        with Load(house) as load:
            load.reaches(10)
            before = list(load.accepted)
            installation.tandem(house, "backup", backup)
            plans.append(planned)
            story.finalize(house, planned)
            load.reaches(10)
        accepted = set(load.accepted)
        lost_with_it = accepted - set(before) if "executor" in named else set()
        installation.stop()
        installation.tandem(house, "restore", backup, *(word for name in services for word in ("--only", name)))
        house = installation.start()
        for plan in plans:
            story.finalize(house, plan)  # what workflows has forgotten is asked for again; else twice is once
        with Load(house) as load:
            load.reaches(10)
        kept = (kept | accepted | set(load.accepted)) - lost_with_it
        eventually(lambda: not violations(installation, set()), seconds=120, every=0.5)
        faults = violations(installation, kept)
        assert not faults, f"after putting back {named}: " + "\n".join(faults[:20])
    tasks = installation.rows("executor", "SELECT count(*) FROM ai_task")[0][0]
    measured(restores=len(RESTORES), ai_tasks=tasks, kept=len(kept))


def draft(house: House, customer: str) -> str:
    """An execution with a drafted plan; its id."""
    execution = story.start(house, customer)
    story.complete_steps(house, execution)
    story.generate(house, execution["id"])
    return str(execution["id"])


def violations(installation: Installation, kept: set[str]) -> list[str]:
    """What is lost, doubled, or not the same in two places."""
    executor = dict(installation.rows("executor", "SELECT id, status FROM ai_task"))
    return [
        *(f"lost: AI task {task}" for task in sorted(kept - set(executor))),
        *(f"open: AI task {task} is {status}" for task, status in executor.items() if status not in FINAL),
        *_plans(installation, executor),
        *_console(installation, executor),
        *_effects(installation),
        *_parked(installation),
    ]


def _plans(installation: Installation, executor: dict[str, str]) -> list[str]:
    """Every AI task of a plan was taken on, and stands in workflows as it does in the executor."""
    asked = "SELECT id, run_id, execution_status FROM workflow_tasks WHERE auto_execute"
    return [
        f"workflows says {status} of {task}, the executor {executor.get(run)}"
        for task, run, status in installation.rows("workflows", asked)
        if executor.get(run) != status
    ]


def _console(installation: Installation, executor: dict[str, str]) -> list[str]:
    """The console shows exactly the AI tasks, executions and guided runs that there are, and their state."""
    owned = {("ai_task", task): status for task, status in executor.items()}
    for service, kind, table in (
        ("workflows", "workflow_execution", "workflow_execution"),
        ("runs", "guided_run", "guided_run"),
    ):
        owned |= {(kind, run): status for run, status in installation.rows(service, f"SELECT id, status FROM {table}")}
    shown = {
        (kind, run): status
        for kind, run, status in installation.rows(
            "monitor", "SELECT kind, id, own_status FROM run WHERE listing <> 'gone'"
        )
    }
    return [
        *(f"not on the console: {key}" for key in sorted(owned.keys() - shown.keys())),
        *(f"on the console alone: {key}" for key in sorted(shown.keys() - owned.keys())),
        *(
            f"{key} is {status} at its owner, {shown[key]} on the console"
            for key, status in owned.items()
            if key in shown and shown[key] != status
        ),
    ]


def _effects(installation: Installation) -> list[str]:
    """Nothing was done twice outside, and what is recorded as done stands there."""
    made = Counter(
        row.key for row in _sqlite_rows(installation.home / "sandbox-crm.sqlite3", "SELECT key FROM activity")
    )
    done = [key for (key,) in installation.rows("executor", "SELECT key FROM effect WHERE status = 'done'")]
    processors = dict(installation.rows("executor", "SELECT id, processor FROM ai_task"))
    return [
        *(f"made {times} times: {key}" for key, times in made.items() if times > 1),
        *(
            f"recorded and not made: {key}"
            for key in done
            if processors.get(key.partition(":")[0]) == "test-echo" and not made[key]
        ),
    ]


def _parked(installation: Installation) -> list[str]:
    return [
        f"parked at {service}: {row}"
        for service in SERVICES
        for row in installation.rows(service, "SELECT source, kind, subject_id, error FROM feed_parked")
    ]
