"""What silent workers hold is handed back, and the full pass puts right whatever else was left lying."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.executor import claiming, finishing, sweeping
from services.executor.models import AiTask, Effect, Request, feed, requests, tasks
from services.executor.models import effects as effect_rows
from tests.executor.conftest import changes, read

AGO = timedelta(minutes=10)


@pytest.fixture
def lapsed(submit, claim, now):
    """A task whose worker has fallen silent."""
    submit()
    task = claim()
    AiTask.update(lease_until=now - AGO).execute()
    return task


def test_a_lapsed_lease_is_handed_back_and_counted(lapsed, claim, now):
    assert sweeping.sweep(now=now) == 1
    task = read(lapsed)
    assert (task.status, task.attempts, task.lease, task.lease_until) == ("queued", 1, 1, None)
    attempt = tasks.attempts_of(task)[0]
    assert (attempt.outcome, attempt.error["type"]) == ("lost", "LeaseLost")
    assert (claim().lease, read(lapsed).attempts) == (2, 2)


def test_a_lease_that_lasts_is_left_alone(submit, claim, now):
    submit()
    claim()
    assert sweeping.sweep(now=now) == 0


def test_a_late_finish_after_the_sweep_is_refused(lapsed, now):
    sweeping.sweep(now=now)
    assert not finishing.stop(lapsed, now=now)


def test_the_last_attempt_that_falls_silent_fails_the_task(lapsed, now, database):
    AiTask.update(attempts=4).execute()
    sweeping.sweep(now=now)
    task = read(lapsed)
    assert (task.status, task.finished_at) == ("failed", now)
    assert "attempts spent" in task.error["message"]
    assert [data["kind"] for _, data in changes("notification-request")] == ["task_failed"]


def test_the_last_attempt_that_dies_after_its_intent_leaves_an_unknown_outcome(lapsed, now):
    AiTask.update(attempts=4).execute()
    with feed.transaction():
        effect_rows.intend(lapsed.origin, "echo", tenant_id="demo", task_id=lapsed.id, key="k", fence=1, now=now)
    sweeping.sweep(now=now)
    assert Effect.get().status == "unknown"
    assert read(lapsed).error["outcomeUnknown"]


def test_an_earlier_attempt_that_dies_after_its_intent_leaves_it_to_the_next(lapsed, now):
    with feed.transaction():
        effect_rows.intend(lapsed.origin, "echo", tenant_id="demo", task_id=lapsed.id, key="k", fence=1, now=now)
    sweeping.sweep(now=now)
    assert (read(lapsed).status, Effect.get().status) == ("queued", "intended")


def test_a_cancelled_task_whose_worker_fell_silent_is_cancelled(lapsed, now):
    AiTask.update(cancel_requested_at=now).execute()
    sweeping.sweep(now=now)
    assert read(lapsed).status == "cancelled"


def test_a_task_that_kills_its_worker_each_time_is_run_four_times(submit, claim, now):
    task = submit()
    for _ in range(4):
        assert claim().id == task.id
        AiTask.update(lease_until=now - AGO).execute()
        sweeping.sweep(now=now)
    assert claim() is None
    assert read(task).status == "failed"
    assert len(tasks.attempts_of(task)) == 4


def test_the_sweep_asks_again_inside_its_own_update(submit, claim, now):
    """The broken sweep of others: select first, then update by id alone. Here a renewal in between is kept."""
    submit()
    task = claim()
    AiTask.update(lease_until=now - AGO).execute()
    claiming.renew(task, now=now, lease_seconds=60)
    assert sweeping.sweep(now=now) == 0
    assert read(task).status == "running"


def test_the_sweep_tells_the_requests_whose_moment_has_come(database, now):
    with feed.transaction():
        requests.add("r1", "task-request", tenant_id="demo", source_id="t", body={}, now=now - AGO, release_at=now)
    sweeping.sweep(now=now)
    assert Request.get().released


def test_the_full_pass_takes_a_task_whose_deadline_its_own_worker_let_pass(submit, claim, now):
    submit()
    task = claim()
    AiTask.update(deadline_at=now - AGO).execute()
    assert sweeping.reconcile(now=now, lease_seconds=60) == 1
    assert read(task).status == "queued"
    assert tasks.attempts_of(task)[0].error["type"] == "DeadlineExceeded"


def test_the_full_pass_leaves_a_deadline_to_its_worker_for_one_lease(submit, claim, now):
    submit()
    claim()
    AiTask.update(deadline_at=now - timedelta(seconds=30)).execute()
    assert sweeping.reconcile(now=now, lease_seconds=60) == 0


def test_the_full_pass_ends_a_cancelled_task_that_nobody_stopped(submit, claim, now):
    submit()
    task = claim()
    AiTask.update(cancel_requested_at=now - AGO).execute()
    assert sweeping.reconcile(now=now, lease_seconds=60) == 1
    assert read(task).status == "cancelled"


def test_the_full_pass_tells_of_a_completion_that_nobody_was_told_of(submit, run, now):
    submit()
    run()
    Request.delete().execute()
    assert sweeping.reconcile(now=now, lease_seconds=60) == 1
    assert Request.get().body["kind"] == "task_done"
    assert sweeping.reconcile(now=now, lease_seconds=60) == 0
