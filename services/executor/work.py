"""The worker of the executor: it hears news and rings, runs AI tasks in its slots, and looks by itself when nobody
rings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import dramatiq

from services.executor import offering, sweeping
from services.executor.actors import WAKE, make_reader
from services.executor.executing import Runner
from services.executor.models import feed
from services.executor.processors import Providers
from services.executor.processors.registry import Registry
from services.executor.slots import Slots
from shared import clock, http, queues
from shared.loops import Loop
from shared.processes import GRACE_SECONDS, Worker
from shared.settings import Settings

GATHERING = 0.05
"""Seconds in which further reasons to ring become one ring; whoever heard the last one works until nothing is due."""

UNRUNG = 3600.0
SPARE_SECONDS = 2


def make_worker(settings: Settings, registry: Registry, providers: Providers) -> Worker:
    """Slots that run what is due, whoever says so: a ring on the work queue, news on the news queue, or the poll.

    News starts work in this process, without a second ring; a claim rings the other processes once more. Nothing here
    needs Redis.
    """
    broker = queues.open_broker(settings.redis_url, answer_within=queues.LISTENING)
    bell = make_bell(broker)
    slots = Slots(
        settings.slots,
        registry=registry,
        runner=Runner(providers, clock.now, settings.retry_delay_seconds),
        lease_seconds=settings.lease_seconds,
        tell_time=clock.now,
        ring=bell.nudge,
    )
    reader = make_reader(registry, settings.max_retries + 1)
    sources = {source: http.Client(settings, source) for source in reader.sources()}

    def follow(source: str) -> None:
        if reader.follow(source, sources[source].changes):
            slots.start()

    def wake() -> None:
        slots.work()

    def reconcile() -> int:
        return sweeping.reconcile(now=clock.now(), lease_seconds=settings.lease_seconds)

    queues.hear_all(broker, "executor", sources, follow)
    queues.declare(broker, WAKE, queues.work_queue("executor"), wake)
    return Worker(
        consumers=queues.Consumers(
            broker,
            {queues.news_queue("executor"): 1, queues.work_queue("executor"): settings.slots},
            worker_timeout_ms=settings.worker_timeout_ms,
        ),
        ringer=queues.Ringer(settings, feed),
        loops=[
            bell,
            Loop("offer processors", settings.poll_seconds, _offer_once(registry)),
            Loop("poll work", settings.poll_seconds, slots.start),
            Loop("sweep", settings.sweep_seconds, _then_start(slots, lambda: sweeping.sweep(now=clock.now()))),
            Loop("reconcile", settings.reconcile_seconds, _then_start(slots, reconcile)),
            *(
                Loop(f"poll {source}", settings.feed_poll_seconds, lambda source=source: follow(source))
                for source in sources
            ),
        ],
        on_stop=lambda: slots.drain(GRACE_SECONDS - SPARE_SECONDS),
    )


def make_bell(broker: dramatiq.Broker) -> Loop:
    """A thread that rings for work when it is nudged, many nudges with one ring; nobody who nudges waits for Redis."""

    def ring() -> None:
        queues.doorbell(broker, queues.work_queue("executor"), WAKE)
        time.sleep(GATHERING)

    return Loop("bell", UNRUNG, ring)


def _offer_once(registry: Registry) -> Callable[[], None]:
    """Tell the others of the processors, as soon as there is a database to tell it in, and then no more."""
    told = threading.Event()

    def offer() -> None:
        if not told.is_set():
            offering.publish(registry)
            told.set()

    return offer


def _then_start(slots: Slots, put_right: Callable[[], int]) -> Callable[[], None]:
    """Put right what lies about, and if that was anything start on it."""

    def turn() -> None:
        if put_right():
            slots.start()

    return turn
