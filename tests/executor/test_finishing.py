"""The end of an attempt: written once, by whoever holds the lease, with everything that follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.executor import finishing
from services.executor.finishing import Failure
from services.executor.models import AiTask, Request, feed, requests, tasks
from services.executor.models import Tracking as TrackingRow
from services.executor.models import effects as effect_rows
from services.executor.processors import Request as Wanted
from services.executor.processors import Result, Tracking
from shared.ground import ids
from tests.executor.conftest import changes, read

DONE = Result({"echo": "x"}, "Echoed.")
BAD = Failure("Transient", "The CRM is away.", "Traceback ...")


@pytest.fixture
def claimed(submit, claim):
    submit(say="x")
    return claim()


def fail(task, now, failure=BAD, **more):
    return finishing.fail(task, failure, now=now, retry_delay_seconds=300, **more)


def test_success_keeps_the_result_and_tells_its_person(claimed, now, database):
    assert finishing.succeed(claimed, DONE, now=now)
    task = read(claimed)
    assert (task.status, task.result, task.finished_at, task.lease_until, task.error) == (
        "success",
        {"summary": "Echoed.", "echo": "x"},
        now,
        None,
        None,
    )
    assert tasks.attempts_of(task)[0].outcome == "success"
    (told,) = [data for _, data in changes("notification-request")]
    assert (told["kind"], told["recipientId"], told["link"]) == ("task_done", "ana", f"/app/monitor/runs/{task.id}")
    assert [data["verb"] for _, data in changes("act")] == ["asked for AI task", "finished AI task"]


def test_success_makes_its_requests_with_ids_that_come_of_the_origin(claimed, now, database):
    wanted = Wanted("task-request", "reminder", {"title": "Call"})
    finishing.succeed(claimed, Result({}, "", requests=(wanted,)), now=now)
    (made,) = [data for _, data in changes("task-request")]
    assert made["id"] == ids.named("task-request", claimed.origin, "reminder")
    assert made["source"] == {"service": "executor", "kind": "ai-task", "id": claimed.id}
    assert made["by"]["kind"] == "ai_task"


def test_a_request_for_later_is_told_later(claimed, now, database):
    later = now + timedelta(days=3)
    wanted = Wanted("notification-request", "alert", {"title": "Soon"}, release_at=later)
    finishing.succeed(claimed, Result({}, "", requests=(wanted,)), now=now)
    assert len(changes("notification-request")) == 1
    with feed.transaction():
        assert requests.release_due(now=later - timedelta(seconds=1)) == 0
        assert requests.release_due(now=later) == 1
        assert requests.release_due(now=later) == 0
    assert [data["title"] for _, data in changes("notification-request")][-1] == "Soon"


def test_success_begins_to_count_for_an_email(claimed, now):
    tracking = Tracking("m1", "Hello", "a@b.example", opens=True, clicks=False, notify_on_open=False)
    finishing.succeed(claimed, Result({}, "", trackings=(tracking,)), now=now)
    row = TrackingRow.get(tenant_id="demo", email_id="m1")
    assert (row.opens, row.clicks, row.replies, row.track_opens, row.track_clicks) == (0, 0, 0, True, False)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_a_failure_is_tried_again_after_the_pause_that_stands_in_the_row(claimed, now, attempts):
    AiTask.update(attempts=attempts).execute()
    assert fail(read(claimed), now) == "queued"
    task = read(claimed)
    assert (task.status, task.available_at, task.lease_until) == ("queued", now + timedelta(seconds=300), None)
    assert task.error["message"] == "The CRM is away."
    attempt = tasks.attempts_of(task)[0]
    assert (attempt.outcome, attempt.error["stackTrace"]) == ("failed", "Traceback ...")
    assert changes("notification-request") == []


def test_a_failure_may_name_its_own_pause(claimed, now):
    fail(claimed, now, Failure("Transient", "soon", after=5))
    assert read(claimed).available_at == now + timedelta(seconds=5)


def test_the_fourth_failure_is_the_last(claimed, now, database):
    AiTask.update(attempts=4).execute()
    assert fail(read(claimed), now) == "failed"
    assert read(claimed).finished_at == now
    assert [data["kind"] for _, data in changes("notification-request")] == ["task_failed"]


@pytest.mark.parametrize(
    "failure", [Failure("Permanent", "no", permanent=True), Failure("X", "outcome unknown", outcome_unknown=True)]
)
def test_an_error_for_good_fails_at_once(claimed, now, failure):
    assert fail(claimed, now, failure) == "failed"
    assert read(claimed).attempts == 1


def test_a_task_that_fails_for_good_leaves_no_change_half_known(claimed, now, database):
    with feed.transaction():
        effect_rows.intend(claimed.origin, "echo", tenant_id="demo", task_id=claimed.id, key="k", fence=1, now=now)
    fail(claimed, now, Failure("Permanent", "no", permanent=True))
    assert effect_rows.get_or_none(claimed, "echo").status == "unknown"
    error = read(claimed).error
    assert (error["outcomeUnknown"], error["message"]) == (True, "outcome unknown: no")


def test_a_failure_of_a_cancelled_task_ends_it(claimed, now):
    AiTask.update(cancel_requested_at=now).execute()
    assert fail(claimed, now) == "cancelled"
    assert read(claimed).status == "cancelled"
    assert tasks.attempts_of(claimed)[0].outcome == "cancelled"


@pytest.mark.parametrize("change", [{"lease": 2}, {"status": "queued"}, {"status": "success"}, {"status": "cancelled"}])
@pytest.mark.parametrize("end", ["succeed", "fail", "fail for good", "stop", "put back"])
def test_a_late_finish_is_refused_and_writes_nothing(claimed, now, change, end, database):
    AiTask.update(**change).execute()
    before = (read(claimed).__data__, Request.select().count(), changes("act", "ai-task"))
    ends = {
        "succeed": lambda: finishing.succeed(claimed, DONE, now=now),
        "fail": lambda: fail(claimed, now),
        "fail for good": lambda: fail(claimed, now, Failure("Permanent", "no", permanent=True)),
        "stop": lambda: finishing.stop(claimed, now=now),
        "put back": lambda: finishing.put_back(claimed, now=now),
    }
    assert not ends[end]()
    assert (read(claimed).__data__, Request.select().count(), changes("act", "ai-task")) == before
    assert tasks.attempts_of(claimed)[0].outcome == "running"


def test_a_stopped_task_is_cancelled_and_tells_nobody(claimed, now, database):
    assert finishing.stop(claimed, now=now)
    assert read(claimed).status == "cancelled"
    assert changes("notification-request") == []


def test_a_task_put_back_is_due_at_once_and_not_charged(claimed, now, claim):
    assert finishing.put_back(claimed, now=now)
    task = read(claimed)
    assert (task.status, task.attempts, task.lease, task.available_at) == ("queued", 0, 1, now)
    assert tasks.attempts_of(task)[0].outcome == "lost"
    assert claim().lease == 2
