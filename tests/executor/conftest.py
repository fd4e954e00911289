"""What every test of the executor stands on: a migrated database of its own, the processors, and tasks made in a
line."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from services.executor import claiming, submitting
from services.executor.app import CONTEXT
from services.executor.documents import DocumentReader, Limits
from services.executor.executing import Runner, RunningTask
from services.executor.models import TABLES, AiTask, acts, db, feed, idempotency, replicas
from services.executor.processors import Providers, registry
from services.executor.providers.file_store import FileStore
from services.executor.providers.local_mailbox import LocalMailbox
from services.executor.providers.sandbox_crm import SandboxCrm
from services.executor.submitting import Submission
from shared.ground import clock, ids
from tests.conftest import NOON
from tests.service import ANA, Service

ROOT = Path(__file__).parents[2]
GROUP = [
    EntryPoint(name, value, registry.GROUP)
    for name, value in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
        registry.GROUP
    ].items()
]
"""Every processor that pyproject.toml registers; a new one needs no word here."""

PROCESSORS = sorted(entry.name for entry in GROUP)
LEASE = 60
LIMITS = Limits(pages=300, seconds=20)
"""What reading a file may take in tests."""


SERVICE = Service(CONTEXT, db, feed, (*TABLES, acts.table, idempotency.table), settings={"test_processors": True})


@pytest.fixture(scope="session")
def service_under_test() -> Service:
    """The service under test."""
    return SERVICE


@pytest.fixture(scope="session")
def known():
    """The processors, the rehearsal one among them."""
    return registry.load(rehearsal=True, group=GROUP)


@pytest.fixture
def database(database):
    """The executor's database, which knows one tenant, with this thread connected to it."""
    with feed.transaction():
        replicas.tenants.upsert({"id": "demo", "name": "Demo", "timeZone": "America/New_York", "country": "US"}, 1)
    return database


@pytest.fixture
def crm(tmp_path):
    """A sandbox CRM of this test alone."""
    return SandboxCrm(tmp_path / "crm.sqlite3", read_clock=lambda: NOON)


@pytest.fixture
def mailbox(tmp_path):
    """A mailbox of this test alone."""
    return make_mailbox(tmp_path)


def make_mailbox(folder, *, answers_lookups=True):
    """The mailbox in `folder`."""
    return LocalMailbox(
        folder / "mailbox", sender="no-reply@tandem.test", read_clock=lambda: NOON, answers_lookups=answers_lookups
    )


@pytest.fixture
def providers(crm, mailbox, tmp_path):
    """The systems outside, of this test alone."""
    return Providers(crm=crm, mail=mailbox, files=FileStore(tmp_path / "files"), documents=DocumentReader(LIMITS))


@pytest.fixture
def now():
    """The real present: leases are compared with the database's own clock on PostgreSQL."""
    return clock.now()


@pytest.fixture
def submit(database, known, now):
    """`submit(say="x")` queues a rehearsal; `submit("workflow-scheduler", {...})` another. Keywords of Submission go
    there."""

    def ask(processor="test-echo", metadata=None, *, by=ANA, at=None, max_attempts=4, **more):
        facts = {name: more.pop(name) for name in list(more) if name in Submission.__dataclass_fields__}
        order = Submission(
            **{"id": ids.new_id(), "tenant_id": by.tenant_id, **facts}, processor=processor, metadata=metadata or more
        )
        return submitting.submit(order, by=by, now=at or now, registry=known, max_attempts=max_attempts)[0]

    return ask


@pytest.fixture
def claim(database, known, now):
    """`claim()` takes the best due task, as one worker."""

    def take(*, at=None, owner="worker-1", lease_seconds=LEASE):
        return claiming.claim(owner=owner, deadlines=known.deadlines(), now=at or now, lease_seconds=lease_seconds)

    return take


@pytest.fixture
def runner(providers, now):
    """Runs a claimed task here and now."""
    return Runner(providers, lambda: now, retry_delay_seconds=300)


@pytest.fixture
def run(claim, runner, known):
    """`run()` claims the best due task, runs it and returns it as it then stands; None when nothing was due."""

    def run_one(**asked):
        task = claim(**asked)
        if task is None:
            return None
        runner.run(RunningTask(task, 60), known[task.processor])
        return read(task)

    return run_one


def read(task):
    """The task as it stands now."""
    return AiTask.get_by_id(task if isinstance(task, str) else task.id)


def changes(*kinds):
    """What the feed tells of these kinds: `[(kind, data)]` in order."""
    answer = feed.changes(0, kinds, 500)
    return [(change["type"].removeprefix("tandem."), change["data"]) for change in answer["changes"]]
