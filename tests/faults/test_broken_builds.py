"""The checker fails on each build that is broken in one place, under a fault that trips just that; else it proves
nothing by passing."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from shared.process.supervisor import is_ready
from tests.conftest import free_port
from tests.faults import checker
from tests.faults.broken import BREAKS, LOOKED
from tests.faults.nemesis import at_work
from tests.faults.orders import Poster, echo, write_all
from tests.faults.workers import workers
from tests.house import eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

PATIENCE = 60.0
"""Seconds after which a task that has not ended is taken for lost."""

IMPATIENCE = 4.0
"""The same where the task never ends. The sound build, under the same fault, is given the longer time."""

NEVER_STARTS, NEVER_ENDS = {"no-poll"}, {"no-sweep", "claim-uncounted"}

LONG_MS = 3000
"""How long a task sleeps that is to be hit in the middle, even where the hitting takes its time."""

LEAD_SECONDS = 3
"""The lease where two workers end the same task: by so much the first is sure to be ahead, even where the disk is slow."""


def simply_run(house, books, build):
    """A task with an effect, and no fault at all."""
    with working(house, build):
        ids = Poster(house).post_all([echo(effect=True)])
        settle(books, ids, build)
        checker.check(books, ids, executions=1)


def run_in_order(house, books, build):
    """Tasks of mixed priorities for one slot."""
    ids = write_all(books.database_url, house.told.home, [echo(priority=5 - number % 5) for number in range(20)])
    with working(house, build, TANDEM_SLOTS=1):
        settle(books, ids, build)
        ledger = checker.check(books, ids, executions=20)
    assert checker.in_order(ledger) == []


def kill_in_the_middle(house, books, build):
    """The worker dies while it runs a task, and is started again."""
    with working(house, build):
        ids = Poster(house).post_all([echo(kill=True, dieTimes=1, effect=True)])
        settle(books, ids, build)
        checker.check(books, ids, executions=2)


def kill_its_own_process(house, books, build):
    """A task that kills whoever runs it, with one retry."""
    ids = write_all(books.database_url, house.told.home, [echo(kill=True)], retries=1)
    with working(house, build):
        eventually(lambda: not books.unfinished(ids) or attempts(books, ids[0]) > 2, seconds=60)
        checker.check(books, ids, executions=2, retries=1)


def freeze_until_another_has_it(house, books, build):
    """A worker is frozen with a task; it comes back while another one runs the same task."""
    lease = {"TANDEM_LEASE_SECONDS": LEAD_SECONDS}
    with working(house, build, **lease) as [frozen]:
        ids = Poster(house).post_all([echo(sleepMs=2 * LEAD_SECONDS * 1000, deaf=True)])
        until_running(books, ids[0], lease=1)
        with stopped(frozen, books):
            house.add("executor worker 2", words(build), **lease)
            until_running(books, ids[0], lease=2)
        settle(books, ids, build)
        checker.check(books, ids, executions=2, lost=1)


def freeze_while_the_sweep_looks(house, books, build):
    """A worker is frozen with a task; it comes back and ends it after the sweep has looked, before the sweep writes."""
    looked = Path(house.told.home) / LOOKED
    looked.unlink(missing_ok=True)
    with working(house, build) as [frozen]:
        ids = Poster(house).post_all([echo(sleepMs=LONG_MS, deaf=True)])
        until_running(books, ids[0], lease=1)
        with stopped(frozen, books):
            house.add("executor worker 2", words(build), TANDEM_LEASE_SECONDS=1)
            eventually(lambda: looked.exists() or attempts(books, ids[0]) > 1, seconds=30)
        eventually(lambda: not books.unfinished(ids), seconds=30)
        eventually(lambda: build == "sound" or attempts(books, ids[0]) > 1, seconds=30)
        settle(books, ids, build)
        checker.check(books, ids, executions=1)


def kill_before_the_finish(house, books, build):
    """The worker dies when the change outside is made and recorded, and the task still runs."""
    killed_at("before-finish", house, books, build)


def kill_after_the_change(house, books, build):
    """The worker dies when the change outside is made and not yet recorded."""
    killed_at("after-outside-change", house, books, build)


def run_without_redis(house, books, build):
    """A worker that nobody can ring."""
    with working(house, build, REDIS_URL="redis://127.0.0.1:1/0"):
        eventually(lambda: at_work(house), seconds=30)
        ids = Poster(house).post_all([echo()])
        settle(books, ids, build)
        checker.check(books, ids, executions=1)


def post_twice_with_one_key(house, books, build):
    """An API, and the same order twice with one key."""
    port = free_port()
    with working(house, "sound"):
        house.add("broken api", [*words(build)[:-1], "api"], TANDEM_EXECUTOR_PORT=port)
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: is_ready(url + "/readyz"), seconds=60)
            poster = Poster(house, url=url)
            ids = {poster.post(echo(say=build), **{"Idempotency-Key": build}).id for _ in range(2)}
        finally:
            house.hold_down("broken api")
        settle(books, ids, build)
        checker.check(books, ids, executions=1, orders=1)


TRIPPED = {
    "finish-without-lease": (freeze_until_another_has_it, "I2"),
    "sweep-without-second-look": (freeze_while_the_sweep_looks, "I2"),
    "claim-under-the-same-lease": (kill_in_the_middle, "I3"),
    "claim-uncounted": (simply_run, "I4"),
    "sweep-without-cap": (kill_its_own_process, "I4"),
    "finish-untold": (simply_run, "I5"),
    "effect-unrecorded": (kill_before_the_finish, "I6"),
    "effect-sent-again": (kill_after_the_change, "I6"),
    "no-sweep": (kill_in_the_middle, "I1"),
    "keys-forgotten": (post_twice_with_one_key, "I1"),
    # I7 is that Redis may vanish: what breaks it is a task that then never runs.
    "no-poll": (run_without_redis, "I1"),
    "claim-the-oldest": (run_in_order, "order"),
}


def test_every_break_is_tripped():
    assert set(TRIPPED) == set(BREAKS) - {"sound"}


@pytest.mark.parametrize("broken", TRIPPED)
def test_the_checker_fails_on_a_broken_build(house, books, broken):
    trip, names = TRIPPED[broken]
    with pytest.raises(AssertionError, match=rf"(?m)\b{re.escape(names)}\b"):
        trip(house, books, broken)


@pytest.mark.parametrize("trip", sorted({trip for trip, _ in TRIPPED.values()}, key=lambda trip: trip.__name__))
def test_the_same_fault_does_not_trip_the_sound_build(house, books, trip):
    trip(house, books, "sound")


@pytest.fixture(autouse=True)
def _leave_nothing_to_the_next(house, books):
    """What a broken build never ends would be claimed by the next worker."""
    yield
    connection = sqlite3.connect(books.database_url.removeprefix("sqlite:///"), timeout=15)
    with connection:
        connection.execute("UPDATE ai_task SET status = 'cancelled' WHERE status IN ('queued', 'running')")
    connection.close()


def words(build):
    """How a worker of this build is started."""
    return ("-m", "tests.faults.broken", build, "work")


def working(house, build, **environment):
    """One worker of this build, with a short lease."""
    return workers(house, words=words(build), **{"TANDEM_LEASE_SECONDS": 1, **environment})


def killed_at(point, house, books, build):
    """Run a task with an effect on a worker that dies at this point, once."""
    marker = Path(house.told.home) / "faults" / point
    marker.unlink(missing_ok=True)
    with working(house, build, TANDEM_FAULT_POINT=point):
        ids = Poster(house).post_all([echo(effect=True)])
        settle(books, ids, build)
        checker.check(books, ids, executions=2, happened=marker.exists(), wanted=1)


def settle(books, ids, build):
    """Wait for the end of the tasks, as long as it makes sense with this build."""
    if build in NEVER_ENDS:
        eventually(lambda: all(attempts(books, one) for one in ids), seconds=PATIENCE)
    checker.settle(books, ids, seconds=IMPATIENCE if build in NEVER_STARTS | NEVER_ENDS else PATIENCE)


def attempts(books, task_id):
    """How often the task was claimed."""
    return len([row for row in books.rows("SELECT task_id FROM attempt") if row.task_id == task_id])


def until_running(books, task_id, *, lease):
    """Wait until an attempt at the task runs, and is at least its `lease`-th."""
    eventually(
        lambda: [
            row
            for row in books.rows("SELECT task_id, lease FROM attempt WHERE outcome = 'running'")
            if row.task_id == task_id and row.lease >= lease
        ],
        seconds=30,
    )


class stopped:
    """`with stopped(part, books):` its process stands still meanwhile, and not with SQLite's one lock for writers in
    its hand, which would hold up all the others as well."""

    def __init__(self, part, books):
        self.pid = part.process.pid
        self.database = books.database_url.removeprefix("sqlite:///")

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        while self._holds_the_lock():
            os.kill(self.pid, signal.SIGCONT)
            time.sleep(0.01)
            os.kill(self.pid, signal.SIGSTOP)

    def _holds_the_lock(self):
        time.sleep(0.1)  # a thread stops when it leaves the kernel, where it may just be taking the lock
        connection = sqlite3.connect(self.database, timeout=0.5, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)
