"""The pool of a worker, with threads and leases that are real: what runs at once, what is kept, what is given up."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from services.executor import claiming, controlling, finishing, lease_keeper
from services.executor.executing import Runner, RunningTask
from services.executor.models import AiTask, Effect, tasks
from services.executor.processors import Processor, Result
from services.executor.processors.registry import Registry
from services.executor.worker_pool import WorkerPool
from shared.database.connection import OperationalError
from shared.ground import clock
from tests.executor.conftest import ANA, read
from tests.house import eventually


def join_threads():
    """Wait for the threads of tasks that were given up, so that none goes on into the next test."""
    for thread in threading.enumerate():
        if thread.name == "slot":
            thread.join(60)


def status(task):
    return read(task).status


@pytest.fixture
def make_pool(database, known, providers):
    """`make_pool(2)` -> pool of a worker, drained at the end."""
    made = []

    def make(count, *, processors=None, lease_seconds=30, retry_delay_seconds=300):
        rings = []
        pool = WorkerPool(
            count,
            registry=Registry(processors) if processors else known,
            runner=Runner(providers, clock.now, retry_delay_seconds),
            lease_seconds=lease_seconds,
            read_clock=clock.now,
            ring=lambda: rings.append(1),
        )
        pool.rings = rings
        made.append(pool)
        return pool

    yield make
    for pool in made:
        pool.drain(5)
    join_threads()


def doing(function, deadline_seconds=60):
    return [Processor("test-echo", "1", "t", "d", {}, function, deadline_seconds=deadline_seconds)]


def test_one_look_runs_everything_that_is_due(make_pool, submit):
    made = [submit(say=str(number)) for number in range(5)]
    pool = make_pool(1)
    assert pool.work() == 5
    assert {status(task) for task in made} == {"success"}
    assert pool.busy() == 0


def test_one_start_fills_every_free_slot_and_no_more(make_pool, submit):
    running, most, lock = [], [], threading.Lock()

    def waits(task):
        with lock:
            running.append(task.id)
            most.append(len(running))
        time.sleep(0.1)
        with lock:
            running.remove(task.id)
        return Result({}, "")

    made = [submit(say=str(number)) for number in range(9)]
    pool = make_pool(3, processors=doing(waits))
    pool.start()
    eventually(lambda: all(status(task) == "success" for task in made))
    assert max(most) == 3


def test_a_ring_that_finds_no_free_slot_is_not_lost(make_pool, submit):
    """The last look found nothing, its slot is not yet free, and the ring comes just then."""
    pool = make_pool(1)
    late = []
    claim = pool._claim

    def claim_and_then_ring():
        found = claim()
        if found is None and not late:
            late.append(submit(say="late"))
            assert pool.work() == 0
        return found

    pool._claim = claim_and_then_ring
    pool.work()
    assert status(late[0]) == "success"


def test_each_claim_rings_for_the_others(make_pool, submit):
    submit()
    pool = make_pool(1)
    pool.work()
    assert pool.rings == [1]


def test_a_worker_without_a_free_slot_rings_for_the_others(make_pool, submit):
    task = submit(sleepMs=600_000)
    pool = make_pool(1)
    pool.start()
    eventually(lambda: status(task) == "running" and pool.rings == [1])
    pool.start()
    assert pool.rings == [1, 1]
    pool.drain(0)


def test_a_lease_is_renewed_for_as_long_as_its_task_runs(make_pool, submit):
    task = submit(sleepMs=600_000)
    pool = make_pool(1, lease_seconds=0.4)
    pool.start()
    seen = set()
    eventually(lambda: seen.add(read(task).lease_until) or len(seen - {None}) >= 4)
    assert (status(task), read(task).attempts, read(task).lease) == ("running", 1, 1)
    pool.drain(0)


def test_a_renewal_that_waited_long_is_followed_by_the_next_at_once(monkeypatch):
    now, renewals = [0.0], []

    def slow(task, **options):
        renewals.append(now[0])
        now[0] += 1  # as a commit that waits for the disk
        return True, False

    monkeypatch.setattr(lease_keeper, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(lease_keeper.PeriodicThread, "start", lambda self: None)
    monkeypatch.setattr(claiming, "renew", slow)
    keeper = lease_keeper.LeaseKeeper(
        lease_seconds=2, retry_delay_seconds=0, read_clock=clock.now, on_abandoned=lambda task: None
    )
    keeper.keep(RunningTask(AiTask(), deadline_seconds=600), since=0.0)
    for _ in range(6):
        now[0] += 0.25
        keeper.check_all()
    assert renewals == [0.5, 1.75, 3.0, 4.25, 5.5]


def test_a_task_that_passes_its_deadline_is_given_up_and_its_slot_goes_on(make_pool, submit):
    release = threading.Event()

    def hangs(task):
        if task.metadata.get("say") == "hang":
            release.wait(120)
        return Result({"late": True}, "")

    hanging = submit(say="hang", at=clock.now())
    pool = make_pool(1, processors=doing(hangs, deadline_seconds=0.2))
    pool.start()
    eventually(lambda: [row.outcome for row in tasks.attempts_of(hanging)] == ["lost"])
    assert status(hanging) == "queued"
    assert read(hanging).error["type"] == "DeadlineExceeded"
    other = submit(say="other")
    pool.start()
    eventually(lambda: status(other) == "success")
    release.set()
    eventually(lambda: pool.busy() == 0)
    assert (status(hanging), read(hanging).result) == ("queued", None)


def test_a_cancelled_task_stops_at_its_next_renewal(make_pool, submit, now):
    task = submit(sleepMs=600_000)
    pool = make_pool(1, lease_seconds=0.4)
    pool.start()
    eventually(lambda: status(task) == "running")
    controlling.cancel("demo", task.id, by=ANA, now=now)
    eventually(lambda: status(task) == "cancelled")
    eventually(lambda: pool.busy() == 0)


def test_a_deaf_task_that_is_cancelled_is_ended_without_it(make_pool, submit, now):
    release = threading.Event()

    def hears_nothing(task):
        release.wait(120)
        return Result({}, "")

    task = submit()
    pool = make_pool(1, processors=doing(hears_nothing), lease_seconds=0.4)
    pool.start()
    eventually(lambda: status(task) == "running")
    controlling.cancel("demo", task.id, by=ANA, now=now)
    eventually(lambda: status(task) == "cancelled" and pool.busy() == 0)
    release.set()


def test_a_task_that_is_changing_something_is_not_cut_off_by_a_cancel(make_pool, submit, now):
    inside, release = threading.Event(), threading.Event()

    def act(key):
        inside.set()
        release.wait(120)
        return {"made": True}

    def changes(task):
        task.effect("echo", act=act)
        task.checkpoint()
        return Result({}, "")

    task = submit()
    pool = make_pool(1, processors=doing(changes), lease_seconds=0.4)
    pool.start()
    assert inside.wait(60)
    controlling.cancel("demo", task.id, by=ANA, now=now)
    assert pool.keeper.running_tasks()[0].cancelled.wait(60)
    assert status(task) == "running"
    release.set()
    eventually(lambda: status(task) == "cancelled")
    assert Effect.get().status == "done"


def test_a_processor_that_leaves_by_system_exit_lets_its_lease_lapse(make_pool, submit):
    def leaves(task):
        raise SystemExit

    task = submit()
    pool = make_pool(1, processors=doing(leaves))
    pool.work()
    assert (status(task), pool.busy()) == ("running", 0)


def test_draining_hands_back_what_is_not_done_in_time(make_pool, submit):
    task = submit(sleepMs=600_000)
    pool = make_pool(1)
    pool.start()
    eventually(lambda: status(task) == "running")
    pool.drain(0.1)
    assert (status(task), read(task).attempts) == ("queued", 0)
    assert pool.work() == 0


def test_draining_hands_back_the_others_when_one_cannot_be(make_pool, submit, monkeypatch, caplog):
    made = [submit(sleepMs=600_000) for _ in range(3)]
    put_back, refused = finishing.put_back, []

    def fails_once(task, **options):
        if not refused:
            refused.append(task.id)
            raise OperationalError("the database is away")
        return put_back(task, **options)

    monkeypatch.setattr(finishing, "put_back", fails_once)
    pool = make_pool(3)
    pool.start()
    eventually(lambda: all(status(task) == "running" for task in made))
    pool.drain(0.1)
    assert {task.id for task in made if status(task) == "running"} == set(refused)
    assert {task.id for task in made if status(task) == "queued"} == {task.id for task in made} - set(refused)
    assert not pool.keeper.running_tasks()
    assert [record.task for record in caplog.records if "put back" in record.getMessage()] == refused


def test_draining_waits_for_what_is_nearly_done(make_pool, submit):
    task = submit(sleepMs=300)
    pool = make_pool(1)
    pool.start()
    eventually(lambda: status(task) == "running")
    pool.drain(5)
    assert status(task) == "success"


def test_a_retry_runs_when_its_pause_is_over_and_not_before(make_pool, submit):
    task = submit(failTimes=1)
    pool = make_pool(1, retry_delay_seconds=0.4)
    pool.work()
    assert pool.work() == 0
    assert status(task) == "queued"
    eventually(lambda: pool.work() == 1)
    assert (status(task), read(task).attempts) == ("success", 2)
    first, second = tasks.attempts_of(task)
    assert (second.started_at - first.ended_at).total_seconds() >= 0.4


def test_a_processor_that_is_not_here_is_left_to_others(make_pool, submit, known):
    task = submit()
    only = [replace(known["test-echo"], name="another")]
    assert make_pool(1, processors=only).work() == 0
    assert AiTask.get_by_id(task.id).status == "queued"


def test_a_claim_that_fails_gives_its_slot_back(make_pool, submit):
    task = submit()
    pool = make_pool(1)
    claim, pool._claim = pool._claim, lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        pool.work()
    pool._claim = claim
    assert pool.work() == 1
    assert status(task) == "success"


def test_of_tasks_that_may_have_killed_their_workers_one_runs_at_a_time(make_pool, submit):
    running, most, lock = [], {True: 0, False: 0}, threading.Lock()

    def waits(task):
        suspect = task.metadata["say"] == "suspect"
        with lock:
            running.append(suspect)
            most[suspect] = max(most[suspect], running.count(suspect))
        time.sleep(0.1)
        with lock:
            running.remove(suspect)
        return Result({}, "")

    suspects = [submit(say="suspect") for _ in range(3)]
    others = [submit(say="other") for _ in range(6)]
    AiTask.update(losses=2).where(AiTask.id.in_([task.id for task in suspects])).execute()
    pool = make_pool(4, processors=doing(waits))
    pool.start()
    eventually(lambda: all(status(task) == "success" for task in (*suspects, *others)))
    assert most[True] == 1
    assert most[False] >= 2
