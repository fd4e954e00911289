"""Doorbells over a real Redis-protocol server: heard, coalesced, and nobody waits for a Redis that is away."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace

import pytest

from shared import queues


@pytest.fixture
def settings(make_settings, redis_url):
    return make_settings("workflows", redis_url=redis_url)


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_commit_rings_every_reader(shop, settings):
    heard: dict[str, threading.Event] = {reader: threading.Event() for reader in queues.READERS["workflows"]}
    brokers = []
    consumers = []
    for reader, event in heard.items():
        broker = queues.open_broker(settings.redis_url)
        queues.hear_all(broker, reader, ["workflows"], lambda source, event=event: event.set())
        consumers.append(queues.Consumers(broker, {queues.news_queue(reader): 1}, worker_timeout_ms=10).start())
        brokers.append(broker)
    ringer = queues.Ringer(settings, shop.feed).start()
    shop.put("a")
    assert wait_for(lambda: all(event.is_set() for event in heard.values()))
    ringer.stop()
    for one in consumers:
        one.stop()


def test_two_queues_of_one_process_have_threads_of_their_own(settings):
    broker = queues.open_broker(settings.redis_url)
    slow, quick = threading.Event(), threading.Event()
    queues.declare(broker, "slow", "two.work", lambda: slow.wait(5))
    queues.declare(broker, "quick", "two.news", quick.set)
    consumers = queues.Consumers(broker, {"two.work": 1, "two.news": 1}, worker_timeout_ms=10).start()
    queues.doorbell(broker, "two.work", "slow")
    time.sleep(0.1)
    queues.doorbell(broker, "two.news", "quick")
    assert wait_for(quick.is_set, 3)
    slow.set()
    consumers.stop()


def test_a_redis_that_refuses_costs_a_ring_and_no_time(shop, settings):
    ringer = queues.Ringer(replace(settings, redis_url="redis://127.0.0.1:1/0"), shop.feed).start()
    began = time.monotonic()
    shop.put("a")
    assert time.monotonic() - began < 0.5
    assert wait_for(lambda: ringer.failed >= 2)
    ringer.stop()


def test_a_redis_that_accepts_and_never_answers_holds_up_nobody(shop, settings):
    """F6 at the smallest scale: the commit does not wait, and one ring gives up after half a second."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(50)
        broker = queues.open_broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert not queues.doorbell(broker, "x.news", "hear")
        assert time.monotonic() - began < 2
        ringer = queues.Ringer(settings, shop.feed, broker).start()
        began = time.monotonic()
        shop.put("a")
        assert time.monotonic() - began < 0.4
        ringer.stop()
