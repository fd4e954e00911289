"""Doorbells: Dramatiq messages on Redis that say "there is news" or "there is work" and carry nothing.

A message that is lost, doubled or late costs time but loses no work.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Collection, Iterable
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import ShutdownNotifications
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.feed.changes import Feed
from shared.ground.errors import Unavailable
from shared.ground.settings import Settings

Broker = dramatiq.Broker
"""The broker of the queues, for modules that only pass it on."""

log = logging.getLogger(__name__)

CONSUMER_TIMEOUT = 5.0
"""Seconds that a consumer waits for Redis to answer."""

READERS: dict[str, dict[str, frozenset[str] | None]] = {
    "runs": {
        "workflows": frozenset({"task-request"}),
        "executor": frozenset({"ai-task-request"}),
        "monitor": None,
    },
    "workflows": {
        "executor": frozenset({"ai-task-request", "ai-task-removal-request", "hold"}),
        "runs": frozenset({"task"}),
        "monitor": None,
    },
    "executor": {
        "workflows": frozenset({"ai-task", "processor", "task-request", "trigger-request"}),
        "runs": frozenset({"ai-task"}),
        "monitor": None,
    },
    "monitor": {
        "runs": frozenset({"person", "sample-removal-request", "tenant"}),
        "workflows": frozenset({"person", "sample-removal-request", "tenant"}),
        "executor": frozenset({"ai-task-request", "person", "tenant"}),
    },
}
"""The services that read each kind: a commit of such a kind in the service on the left rings these readers, in this
order. None means every kind, because the monitor reads nearly all."""


def news_queue(service: str) -> str:
    """The queue of a service for rings about changes of other services."""
    return f"{service}.news"


def work_queue(service: str) -> str:
    """The queue of a service for rings about work."""
    return f"{service}.work"


def news_actor(source: str) -> str:
    """The name of the actor that is rung for changes of `source`."""
    return f"hear_{source}"


class DoorbellBroker(RedisBroker):
    """Dramatiq's Redis broker without delay queues, whose consumers block on a list beside the queue instead of polling
    it.

    Polling costs either latency or processor time (measured: 38 ms at 1.9 % of an idle core, 4 ms at 7.1 %); a blocked consumer
    wakes at once and costs nothing while idle.
    """

    RINGS_KEPT = 16
    """Rings that are kept while no consumer blocks on the list; more would wake no more consumers."""

    RINGS_READ = 32
    """The most messages that are read; there are fewer actors on any queue."""

    @property
    def consumer_class(self) -> type[_BlockingConsumer]:
        """The class of consumer that `consume` makes."""
        return _BlockingConsumer

    def bell_of(self, queue_name: str) -> str:
        """The list on which the consumers of a queue block."""
        return f"{self.namespace}:{queue_name}.bell"

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue without a delay queue: delays are columns here."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: dramatiq.Message[Any], *, delay: int | None = None) -> dramatiq.Message[Any]:
        """Put the message on its queue and wake one blocked consumer, unless a message for the same actor waits there
        already.

        The waiting message will be taken later than now, so a second is not needed. A message that has been taken does
        not count, because its actor may have looked before this change. So the queue of a reader that is down stays
        short. ValueError for a delay.
        """
        if delay is not None:
            raise ValueError("a ring is not delayed; delays are columns here")
        ring_id = f"{message.actor_name}:{message.message_id}"
        waiting = self.client.lrange(f"{self.namespace}:{message.queue_name}", 0, self.RINGS_READ - 1)
        if any(waiting_ring.decode().startswith(f"{message.actor_name}:") for waiting_ring in waiting):
            return message
        sent = message.copy(options={"redis_message_id": ring_id})
        self.do_enqueue(message.queue_name, ring_id, sent.encode())
        bell = self.bell_of(message.queue_name)
        self.client.pipeline(transaction=False).lpush(bell, 1).ltrim(bell, 0, self.RINGS_KEPT - 1).execute()
        return sent


class _BlockingConsumer(_RedisConsumer):
    """Looks at its queue, and when that is empty waits for a ring, at most `timeout` milliseconds.

    The wait is bounded because Dramatiq acknowledges messages and sends its heartbeat between two looks.
    """

    LOOK_MS = 1
    """How long the parent class may sleep after an empty look; the waiting is done here."""

    SATURATED_SECONDS = 0.02

    def __init__(self, broker: DoorbellBroker, queue_name: str, prefetch: int, timeout: int) -> None:
        super().__init__(broker, queue_name, prefetch, self.LOOK_MS)
        self.wait_seconds = timeout / 1000
        self.was_empty = False

    def __next__(self) -> Any:
        if self.was_empty:
            self._wait()
        message = super().__next__()
        self.was_empty = message is None
        return message

    def _wait(self) -> None:
        if self.outstanding_message_count >= self.prefetch:
            time.sleep(self.SATURATED_SECONDS)
            return
        try:
            self.broker.client.blpop([self.broker.bell_of(self.queue_name)], timeout=self.wait_seconds)
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None


def open_broker(redis_url: str, *, answer_within: float = 0.5) -> DoorbellBroker:
    """A broker on Redis with half a second to answer, no retries, and no middleware that keeps state.

    Consumers block no request and open theirs with CONSUMER_TIMEOUT, so that a busy machine is not mistaken for a Redis
    that is away. Dramatiq's Retries, TimeLimit, Results and delays are left out: retries, deadlines and delays are
    columns of the database. `maintenance_chance` returns the messages of a dead worker soon.
    """
    client = redis.Redis.from_url(
        redis_url, socket_timeout=answer_within, socket_connect_timeout=answer_within, retry=Retry(NoBackoff(), 0)
    )
    broker = DoorbellBroker(
        client=client, middleware=[ShutdownNotifications()], maintenance_chance=100_000, heartbeat_timeout=15_000
    )
    dramatiq.set_broker(broker)
    return broker


def declare_actor(broker: dramatiq.Broker, name: str, queue: str, function: Any) -> dramatiq.Actor:
    """Make `function` the actor `name` of `queue`. When it fails it is not retried: the next ring or poll repeats it."""
    return dramatiq.Actor(
        function, broker=broker, actor_name=name, queue_name=queue, priority=0, options={"max_retries": 0}
    )


def ring(broker: dramatiq.Broker, queue: str, actor: str) -> bool:
    """Ring once. Returns False when Redis did not accept it."""
    try:
        broker.enqueue(dramatiq.Message(queue_name=queue, actor_name=actor, args=(), kwargs={}, options={}))
    except (redis.RedisError, dramatiq.errors.BrokerError, OSError):
        return False
    return True


PROBE_KEY = "tandem:readyz"
"""The key that is written to test that Redis accepts writes."""


def redis_problem(broker: RedisBroker) -> str:
    """Why Redis accepts no rings at present; "" if it does."""
    try:
        broker.client.set(PROBE_KEY, 1, ex=60)
    except redis.exceptions.OutOfMemoryError:
        return "out of memory"
    except redis.exceptions.ResponseError:
        return "refuses to write"
    except (redis.RedisError, OSError):
        return "not answering"
    return ""


class Ringer:
    """The thread of a process that rings the readers of a service after commits, one ring for many commits.

    A verb only notes the kinds that it marked (`Feed.on_news`), so that no request waits for Redis.
    """

    PAUSE = 0.05
    """Seconds between two rounds of rings, in which further commits are collected. The first ring after a silence is
    sent at once."""

    LONGEST_PAUSE = 0.2
    """The pause while commits keep coming: each round costs every reader a query, whose result is complete anyway."""

    HEAD_START = 0.02
    """Seconds by which the first reader of a change is rung before the others: it works on the change, they only show
    it, and all would query the same process at the same moment."""

    def __init__(self, settings: Settings, feed: Feed, broker: RedisBroker | None = None) -> None:
        self.source = settings.service
        self.broker: RedisBroker = broker or open_broker(settings.redis_url)
        self.failed = 0
        self._kinds: set[str] = set()
        self._lock = threading.Lock()
        self._flag = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
        feed.on_news = self._note

    def start(self) -> Ringer:
        """Start the thread; it is stopped at the latest when the process ends."""
        self._thread.start()
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Ring what is noted, and end the thread; at most two seconds are waited for a Redis that is away."""
        atexit.unregister(self.stop)
        self._stopping.set()
        self._flag.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self.LONGEST_PAUSE if self._flag.is_set() else self.PAUSE
            self._flag.wait()
            self._flag.clear()
            self._ring_readers()
            self._stopping.wait(pause)
        self._ring_readers()

    def _ring_readers(self) -> None:
        """Ring the readers of what is noted."""
        kinds = self._take_kinds()
        due = [reader for reader, read in READERS[self.source].items() if kinds and (read is None or kinds & read)]
        for number, reader in enumerate(due):
            if number == 1:
                self._stopping.wait(self.HEAD_START)
            if not ring(self.broker, news_queue(reader), news_actor(self.source)):
                self._missed(reader)

    def _note(self, kinds: Collection[str]) -> None:
        with self._lock:
            self._kinds.update(kinds)
        self._flag.set()

    def _take_kinds(self) -> set[str]:
        with self._lock:
            kinds, self._kinds = self._kinds, set()
        return kinds

    def _missed(self, reader: str) -> None:
        self.failed += 1
        if self.failed == 1 or self.failed % 1000 == 0:
            log.warning(
                "Redis did not take a ring; readers will look by themselves",
                extra={"reader": reader, "missed": self.failed},
            )


class Consumers:
    """The Dramatiq workers of one process: one for each queue, with its own number of threads."""

    def __init__(self, broker: RedisBroker, threads: dict[str, int], *, worker_timeout_ms: int) -> None:
        self.workers = [
            dramatiq.Worker(broker, queues={queue}, worker_threads=count, worker_timeout=worker_timeout_ms)
            for queue, count in threads.items()
        ]

    def start(self) -> Consumers:
        """Start listening. While Redis does not answer, Dramatiq itself reconnects, without end."""
        for worker in self.workers:
            worker.start()
        return self

    def stop(self, timeout_ms: int = 10_000) -> None:
        """Stop listening and wait for running actors, at most `timeout_ms` milliseconds for each queue.

        Every thread is told to stop before any is waited for. Dramatiq's own pause is not used: a pausing consumer
        first sleeps for its restart delay, three seconds for each queue.
        """
        for worker in self.workers:
            threads: list[Any] = [*worker.workers, *worker.consumers.values()]
            for thread in threads:
                thread.stop()
        for worker in self.workers:
            worker.stop(timeout=timeout_ms)


def declare_news_actors(broker: dramatiq.Broker, service: str, sources: Iterable[str], follow: Any) -> None:
    """Declare the actors that are rung for changes: one for each source, which calls `follow(source)`."""
    for source in sources:

        def hear(source: str = source) -> None:
            try:
                follow(source)
            except Unavailable:
                return  # the poll of that source logs it and tries again

        declare_actor(broker, news_actor(source), news_queue(service), hear)
