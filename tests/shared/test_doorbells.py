"""Doorbells over a real Redis-protocol server: heard, coalesced, and nobody waits for a Redis that is away."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from shared.feed import doorbells


@pytest.fixture
def settings(make_settings, redis_url):
    return make_settings("workflows", redis_url=redis_url)


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.fixture(autouse=True)
def _everybody_reads_things(monkeypatch):
    monkeypatch.setitem(doorbells.READERS, "workflows", dict.fromkeys(("executor", "runs", "monitor"), {"thing"}))


def test_a_commit_rings_every_reader(shop, settings):
    heard: dict[str, threading.Event] = {reader: threading.Event() for reader in doorbells.READERS["workflows"]}
    brokers = []
    consumers = []
    for reader, event in heard.items():
        broker = doorbells.open_broker(settings.redis_url)
        doorbells.declare_news_actors(broker, reader, ["workflows"], lambda source, event=event: event.set())
        consumers.append(doorbells.Consumers(broker, {doorbells.news_queue(reader): 1}, worker_timeout_ms=10).start())
        brokers.append(broker)
    ringer = doorbells.Ringer(settings, shop.feed).start()
    shop.put("a")
    assert wait_for(lambda: all(event.is_set() for event in heard.values()))
    ringer.stop()
    for one in consumers:
        one.stop()


def test_a_commit_rings_nobody_who_does_not_read_its_kind(shop, settings, monkeypatch):
    monkeypatch.setitem(doorbells.READERS, "workflows", {"runs": {"task"}, "monitor": {"act", "thing"}})
    broker = doorbells.open_broker(settings.redis_url)
    for reader in ("runs", "monitor"):
        broker.client.delete(f"dramatiq:{doorbells.news_queue(reader)}")
    ringer = doorbells.Ringer(settings, shop.feed).start()
    shop.put("a")
    assert wait_for(lambda: broker.client.llen(f"dramatiq:{doorbells.news_queue('monitor')}") == 1)
    ringer.stop()
    assert broker.client.llen(f"dramatiq:{doorbells.news_queue('runs')}") == 0


def test_two_queues_of_one_process_have_threads_of_their_own(settings):
    broker = doorbells.open_broker(settings.redis_url)
    slow, quick = threading.Event(), threading.Event()
    doorbells.declare_actor(broker, "slow", "two.work", lambda: slow.wait(60))
    doorbells.declare_actor(broker, "quick", "two.news", quick.set)
    consumers = doorbells.Consumers(broker, {"two.work": 1, "two.news": 1}, worker_timeout_ms=10).start()
    doorbells.ring(broker, "two.work", "slow")
    time.sleep(0.1)
    doorbells.ring(broker, "two.news", "quick")
    assert wait_for(quick.is_set, 30)
    slow.set()
    consumers.stop()


def test_what_was_noted_between_two_rounds_is_rung_before_the_ringer_ends(shop, settings, monkeypatch):
    monkeypatch.setitem(doorbells.READERS, "workflows", {"monitor": {"thing"}})
    monkeypatch.setattr(doorbells.Ringer, "PAUSE", 600)
    monkeypatch.setattr(doorbells.Ringer, "LONGEST_PAUSE", 600)
    broker, queue = doorbells.open_broker(settings.redis_url), f"dramatiq:{doorbells.news_queue('monitor')}"
    broker.client.delete(queue)
    ringer = doorbells.Ringer(settings, shop.feed).start()
    shop.put("a")
    assert wait_for(lambda: broker.client.llen(queue) == 1)
    broker.client.delete(queue)
    shop.put("b")
    ringer.stop()
    assert broker.client.llen(queue) == 1


def test_a_ringer_that_ends_with_nothing_noted_rings_nobody(shop, settings, monkeypatch):
    monkeypatch.setitem(doorbells.READERS, "workflows", {"monitor": None})
    broker, queue = doorbells.open_broker(settings.redis_url), f"dramatiq:{doorbells.news_queue('monitor')}"
    broker.client.delete(queue)
    doorbells.Ringer(settings, shop.feed).start().stop()
    assert broker.client.llen(queue) == 0


def test_a_redis_that_refuses_costs_a_ring_alone(shop, settings):
    ringer = doorbells.Ringer(replace(settings, redis_url="redis://127.0.0.1:1/0"), shop.feed).start()
    shop.put("a")
    assert wait_for(lambda: ringer.failed >= 2)
    ringer.stop()


def test_a_redis_that_accepts_and_never_answers_holds_up_nobody(shop, settings):
    """F6 at the smallest scale: one ring gives up after half a second, and a commit is done while its ring still waits."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert not doorbells.ring(doorbells.open_broker(url), "x.news", "hear")
        ringer = doorbells.Ringer(settings, shop.feed, doorbells.open_broker(url, answer_within=60)).start()
        shop.put("a")
        assert ringer.failed == 0
        ringer.stop()


def test_ten_thousand_rings_to_nobody_leave_one_for_each_actor(settings):
    broker = doorbells.open_broker(settings.redis_url)
    for _ in range(5_000):
        assert doorbells.ring(broker, "away.news", "hear_runs")
        assert doorbells.ring(broker, "away.news", "hear_executor")
    kept = [broker.client.llen("dramatiq:away.news"), broker.client.hlen("dramatiq:away.news.msgs")]
    assert kept == [2, 2]
    assert broker.client.llen(broker.bell_of("away.news")) <= broker.RINGS_KEPT


def test_what_was_rung_to_nobody_is_heard_by_who_comes_back(settings):
    broker = doorbells.open_broker(settings.redis_url)
    heard = {name: threading.Event() for name in ("hear_runs", "hear_executor")}
    for name, event in heard.items():
        doorbells.ring(broker, "back.news", name)
        doorbells.declare_actor(broker, name, "back.news", event.set)
    consumers = doorbells.Consumers(broker, {"back.news": 1}, worker_timeout_ms=10).start()
    assert wait_for(lambda: all(event.is_set() for event in heard.values()))
    consumers.stop()


def test_a_ring_while_the_last_one_is_being_worked_is_heard_after_it(settings):
    broker = doorbells.open_broker(settings.redis_url)
    runs, go_on = [], threading.Event()

    def hear():
        runs.append(time.monotonic())
        go_on.wait(60)

    doorbells.declare_actor(broker, "hear", "busy.news", hear)
    consumers = doorbells.Consumers(broker, {"busy.news": 1}, worker_timeout_ms=10).start()
    doorbells.ring(broker, "busy.news", "hear")
    assert wait_for(lambda: len(runs) == 1)
    doorbells.ring(broker, "busy.news", "hear")
    go_on.set()
    assert wait_for(lambda: len(runs) == 2)
    consumers.stop()


def test_nobody_sleeps_through_news_however_the_rings_fall(settings):
    """The last news of each burst is seen without a poll, whatever was skipped and whoever was at work."""
    brokers = [doorbells.open_broker(settings.redis_url) for _ in range(3)]
    news, seen, lock = [0], [0], threading.Lock()

    def hear():
        known = news[0]
        with lock:
            seen[0] = max(seen[0], known)

    for broker in brokers[:2]:
        doorbells.declare_actor(broker, "hear", "storm.news", hear)
    consumers = [
        doorbells.Consumers(broker, {"storm.news": 1}, worker_timeout_ms=120_000).start() for broker in brokers[:2]
    ]

    def ring():
        for _ in range(20):
            with lock:
                news[0] += 1
            assert doorbells.ring(brokers[2], "storm.news", "hear")

    for _ in range(20):
        ringers = [threading.Thread(target=ring) for _ in range(3)]
        for one in ringers:
            one.start()
        for one in ringers:
            one.join()
        assert wait_for(lambda: seen[0] == news[0], 30)
    for one in consumers:
        one.stop(100)


def test_an_idle_worker_of_two_queues_does_not_wait_for_an_answer_of_redis_to_end(settings):
    broker = doorbells.open_broker(settings.redis_url, answer_within=60)
    for queue in ("end.work", "end.news"):
        doorbells.declare_actor(broker, f"hear_{queue[4:]}", queue, lambda: None)
    consumers = doorbells.Consumers(broker, {"end.work": 10, "end.news": 1}, worker_timeout_ms=500).start()
    time.sleep(0.2)
    began = time.monotonic()
    consumers.stop()
    assert time.monotonic() - began < 30  # a fraction of the time that it waits for an answer


def test_an_actor_at_work_is_waited_for(settings):
    broker = doorbells.open_broker(settings.redis_url)
    began, ended = threading.Event(), threading.Event()

    def work():
        began.set()
        time.sleep(0.4)
        ended.set()

    doorbells.declare_actor(broker, "work", "late.work", work)
    consumers = doorbells.Consumers(broker, {"late.work": 1}, worker_timeout_ms=10).start()
    doorbells.ring(broker, "late.work", "work")
    assert wait_for(began.is_set)
    consumers.stop()
    assert ended.is_set()


ENDS_WITH_NEWS = """
import sys, time, types
from shared.feed import doorbells

doorbells.Ringer.PAUSE = doorbells.Ringer.LONGEST_PAUSE = 600
doorbells.READERS["workflows"] = {"monitor": None}
settings = types.SimpleNamespace(service="workflows", redis_url=sys.argv[1])
feed = types.SimpleNamespace(on_news=None)
ringer = doorbells.Ringer(settings, feed).start()
queue = f"dramatiq:{doorbells.news_queue('monitor')}"
feed.on_news({"thing"})
while not ringer.broker.client.delete(queue):
    time.sleep(0.01)
feed.on_news({"thing"})
"""


def test_a_process_that_ends_without_stopping_its_ringer_rings_what_is_noted(settings):
    broker, queue = doorbells.open_broker(settings.redis_url), f"dramatiq:{doorbells.news_queue('monitor')}"
    broker.client.delete(queue)
    subprocess.run([sys.executable, "-c", ENDS_WITH_NEWS, settings.redis_url], check=True, timeout=60)
    assert broker.client.llen(queue) == 1
