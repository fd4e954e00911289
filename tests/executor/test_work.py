"""A whole worker, with a real Redis-protocol server and without one: rings, news and the poll all lead to finished
tasks."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_httpserver import HTTPServer

from services.executor import app as executor_app
from services.executor import work
from services.executor.models import AiTask, Worker, feed, workers
from shared.feed import doorbells
from shared.ground import clock
from tests.executor.conftest import changes, read
from tests.executor.test_feed import event, order
from tests.executor.test_worker_pool import join_threads

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def start(settings, database, known, providers, monkeypatch):
    """`start(poll_seconds=1)` -> a running worker with these settings."""
    # Dramatiq sleeps this long between two tries at Redis, and once more when it is paused at the end.
    monkeypatch.setattr("dramatiq.worker.CONSUMER_RESTART_DELAY_SECS", 0.05)
    started = []

    def make(**changes):
        quick = {"slots": 3, "poll_seconds": 60, "sweep_seconds": 60, "feed_poll_seconds": 60, "worker_timeout_ms": 10}
        worker = work.make_worker(replace(settings, **quick | changes), known, providers).start()
        started.append(worker)
        return worker

    yield make
    for worker in started:
        worker.stop()
    join_threads()
    feed.on_news = lambda kinds: None


@pytest.fixture
def workflows(settings):
    """Workflows' feed, as a real HTTP server: `workflows.tell(events)`; and a monitor without news."""
    with HTTPServer() as server:
        told = []
        server.tell = told.append

        def answer(request):
            import json

            from werkzeug import Response

            after, kinds = int(request.args["after"]), request.args["kinds"].split(",")
            found = [one for one in told if one["position"] > after and one["type"].removeprefix("tandem.") in kinds]
            last = max([after, *(one["position"] for one in found)])
            body = {"epoch": "e", "generation": "", "firstVersion": 1, "changes": found, "next": last, "more": False}
            return Response(json.dumps(body), content_type="application/json")

        server.expect_request("/internal/changes").respond_with_handler(answer)
        server.urls = settings.urls | {name: server.url_for("").rstrip("/") for name in ("workflows", "monitor")}
        yield server


def finished(task_id, seconds=60):
    """The task once it is over."""
    end = time.monotonic() + seconds
    while (task := AiTask.get_or_none(AiTask.id == task_id)) is None or task.status in ("queued", "running"):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
    return task


def test_a_ring_is_enough(start, submit, redis_url):
    worker = start(redis_url=redis_url)
    time.sleep(0.3)
    task = submit(at=clock.now())
    doorbells.ring(worker.ringer.broker, doorbells.work_queue("executor"), "wake")
    assert finished(task.id).status == "success"


def test_the_poll_is_enough_without_redis(start, submit):
    start(redis_url=NOBODY, poll_seconds=0.2)
    time.sleep(0.3)
    assert finished(submit(at=clock.now()).id).status == "success"


def test_news_of_an_order_starts_its_work_in_the_same_process(start, workflows, redis_url):
    worker = start(redis_url=redis_url, urls=workflows.urls)
    time.sleep(0.3)
    told = order()
    workflows.tell(event("workflows", "ai-task-request", told))
    doorbells.ring(worker.ringer.broker, doorbells.news_queue("executor"), doorbells.news_actor("workflows"))
    assert finished(told["id"]).status == "success"


def test_orders_are_found_without_redis(start, workflows):
    start(redis_url=NOBODY, urls=workflows.urls, feed_poll_seconds=0.2)
    told = order()
    workflows.tell(event("workflows", "ai-task-request", told))
    assert finished(told["id"]).status == "success"


def test_the_sweep_of_a_worker_takes_back_what_another_left(start, submit, claim, now):
    task = submit()
    claim(lease_seconds=0.1)
    start(redis_url=NOBODY, sweep_seconds=0.1)
    assert finished(task.id).status == "success"
    assert read(task).attempts == 2


def test_a_worker_stops_soon_and_hands_back_what_it_runs(start, submit, monkeypatch):
    monkeypatch.setattr(work, "GRACE_SECONDS", work.SPARE_SECONDS + 0.3)
    worker = start(redis_url=NOBODY)
    task = submit(sleepMs=60_000, at=clock.now())
    next(loop for loop in worker.loops if loop.name == "poll work").nudge()
    while read(task).status != "running":
        time.sleep(0.01)
    worker.on_stop()  # long before the task would end
    assert (read(task).status, read(task).attempts) == ("queued", 0)


def test_a_worker_is_seen_while_it_works_and_gone_once_it_is_stopped(start, database):
    worker = start(redis_url=NOBODY)
    end = time.monotonic() + 60
    while not (seen := workers.newest(now=clock.now())):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    assert (seen[0].alive, seen[0].slots, seen[0].busy) == (True, 3, 0)
    worker.stop()
    assert workers.newest(now=clock.now()) == []
    next(loop for loop in worker.loops if loop.name == "presence").function()
    assert workers.newest(now=clock.now()) == []


def test_a_worker_that_was_not_seen_for_a_day_is_forgotten(settings, database, now):
    with feed.transaction():
        for name, days in (("silent", 2), ("killed", 0.5)):
            workers.seen(name, name=name, started_at=now, slots=1, busy=0, now=now)
            Worker.update(seen_at=now - timedelta(days=days)).where(Worker.id == name).execute()
    work.tidy(settings)
    assert [(worker.id, worker.alive) for worker in workers.newest(now=now)] == [("killed", False)]


def test_a_worker_tells_the_others_of_its_processors(start, known):
    start(redis_url=NOBODY)
    end = time.monotonic() + 60
    while {data["id"] for _, data in changes("processor")} != set(known.names()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_the_worker_is_put_together_from_settings(settings, database):
    worker = executor_app.make_worker(replace(settings, redis_url=NOBODY))
    assert {loop.name for loop in worker.loops} >= {
        "bell",
        "poll work",
        "sweep",
        "reconcile",
        "poll workflows",
        "poll monitor",
    }
    feed.on_news = lambda kinds: None
