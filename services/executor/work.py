"""The worker of the executor: it runs AI tasks, reads the feeds, takes back and repairs what was left, publishes the
processors, and deletes old rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import dramatiq

from services.executor import publishing, sweeping
from services.executor.actors import WAKE, make_reader
from services.executor.executing import Runner
from services.executor.models import Worker as WorkerRow
from services.executor.models import acts, feed, idempotency, outgoing_requests
from services.executor.presence import EVERY_SECONDS, Presence
from services.executor.processors import Providers
from services.executor.processors.registry import Registry
from services.executor.worker_pool import WorkerPool
from shared.feed import doorbells
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process import feed_worker, retention
from shared.process.periodic import PeriodicThread
from shared.process.service_main import GRACE_SECONDS, Worker
from shared.web import service_client

COLLECT_SECONDS = 0.2
"""Wake-up messages within so many seconds are merged into one; a worker that was woken continues until nothing is
due."""

NEVER_SECONDS = 3600.0
"""The interval of a thread that only acts when it is nudged."""
SPARE_SECONDS = 2
TIDY_SECONDS = 3600
SILENT_DAYS = 1
"""How long a worker that fell silent is remembered."""


def make_worker(settings: Settings, registry: Registry, providers: Providers) -> Worker:
    """A pool that runs what is due, started by a wake-up message, by changes in the feeds, or by the poll.

    Changes start work in this process without a second message; a claim wakes the other processes. Nothing here needs
    Redis.
    """
    broker = doorbells.open_broker(settings.redis_url, answer_within=doorbells.CONSUMER_TIMEOUT)
    bell = make_bell(broker)
    pool = WorkerPool(
        settings.slots,
        registry=registry,
        runner=Runner(providers, clock.now, settings.retry_delay_seconds, settings.daily_at),
        lease_seconds=settings.lease_seconds,
        read_clock=clock.now,
        ring=bell.nudge,
    )
    presence = Presence(pool.owner, slots=settings.slots, busy=pool.running, read_clock=clock.now)
    reader = make_reader(registry, settings.max_retries + 1)
    sources = {source: service_client.Client(settings, source) for source in reader.sources()}

    def wake() -> None:
        pool.work()

    def reconcile() -> int:
        return sweeping.reconcile(now=clock.now(), lease_seconds=settings.lease_seconds)

    def stop() -> None:
        pool.drain(GRACE_SECONDS - SPARE_SECONDS)
        presence.leave()

    doorbells.declare_actor(broker, WAKE, doorbells.work_queue("executor"), wake)
    return Worker(
        consumers=doorbells.Consumers(
            broker,
            {doorbells.news_queue("executor"): 1, doorbells.work_queue("executor"): settings.slots},
            worker_timeout_ms=settings.worker_timeout_ms,
        ),
        ringer=doorbells.Ringer(settings, feed),
        loops=[
            bell,
            PeriodicThread("offer processors", settings.poll_seconds, _publish_once(registry)),
            PeriodicThread("presence", EVERY_SECONDS, presence.tell),
            PeriodicThread("poll work", settings.poll_seconds, pool.start),
            PeriodicThread("sweep", settings.sweep_seconds, _then_start(pool, lambda: sweeping.sweep(now=clock.now()))),
            PeriodicThread("tidy", TIDY_SECONDS, lambda: tidy(settings)),
            PeriodicThread("reconcile", settings.reconcile_seconds, _then_start(pool, reconcile)),
            *feed_worker.follow_sources(settings, broker, reader, sources, on_applied=pool.start),
        ],
        on_stop=stop,
    )


def tidy(settings: Settings) -> None:
    """Delete rows whose retention is over."""
    rules = retention.common_rules(idempotency, acts, settings, outgoing_requests)
    forgotten = retention.Retention(WorkerRow.seen_at, SILENT_DAYS)
    retention.delete_expired(feed, (*rules, forgotten), now=clock.now())


def make_bell(broker: dramatiq.Broker) -> PeriodicThread:
    """A thread that sends the wake-up message when it is nudged, one message for many nudges. A caller that nudges does
    not wait for Redis."""

    def ring() -> None:
        doorbells.ring(broker, doorbells.work_queue("executor"), WAKE)
        time.sleep(COLLECT_SECONDS)

    return PeriodicThread("bell", NEVER_SECONDS, ring)


def _publish_once(registry: Registry) -> Callable[[], None]:
    """Publish the processors once, as soon as the database can be reached."""
    published = threading.Event()

    def publish() -> None:
        if not published.is_set():
            publishing.publish(registry)
            published.set()

    return publish


def _then_start(pool: WorkerPool, repair: Callable[[], int]) -> Callable[[], None]:
    """Run a repair, and start the pool if it repaired anything."""

    def turn() -> None:
        if repair():
            pool.start()

    return turn
