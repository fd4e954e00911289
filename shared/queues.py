"""Doorbells: Dramatiq on Redis says that there is news or work, carries nothing, and may be lost, doubled or late at no harm."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import ShutdownNotifications
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.errors import Unavailable
from shared.feed import Feed
from shared.settings import Settings

log = logging.getLogger(__name__)

LISTENING = 5.0
"""Seconds that a consumer waits for Redis to answer."""

READERS: dict[str, tuple[str, ...]] = {
    "runs": ("workflows", "executor", "monitor"),
    "workflows": ("executor", "runs", "monitor"),
    "executor": ("workflows", "runs", "monitor"),
    "monitor": ("runs", "workflows", "executor"),
}
"""Who reads whom: a commit in the one on the left rings those on the right."""


def news_queue(service: str) -> str:
    """The queue on which a service hears that another has news."""
    return f"{service}.news"


def work_queue(service: str) -> str:
    """The queue on which a service hears that it has work."""
    return f"{service}.work"


def hears(source: str) -> str:
    """The name of the actor that hears news of `source`."""
    return f"hear_{source}"


class DoorbellBroker(RedisBroker):
    """Dramatiq's Redis broker without delay queues, whose consumers block on a list beside the queue instead of polling it.

    Polling costs either latency or processor time for ever (reference: 38 ms at 1.9 % of a core, 4 ms at 7.1 %); a blocked
    consumer is woken at once and idle for nothing.
    """

    RINGS_KEPT = 16
    """Rings that wait while nobody blocks on them; more of them would wake nobody else."""

    RINGS_LOOKED_AT = 32
    """More than there are actors on any queue."""

    @property
    def consumer_class(self) -> type[_BlockingConsumer]:
        """What `consume` makes."""
        return _BlockingConsumer

    def bell_of(self, queue_name: str) -> str:
        """The list on which consumers of a queue block."""
        return f"{self.namespace}:{queue_name}.bell"

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue, and no delay queue with it: delays are columns here."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: dramatiq.Message[Any], *, delay: int | None = None) -> dramatiq.Message[Any]:
        """Put the message on its queue and wake one consumer that blocks there, unless one for the same actor waits there.

        Whoever takes the one that waits looks after this moment, so that a second one would say nothing new; one that was taken
        already may have looked before it, and does not count. Rings for a reader that is away therefore stay few.
        ValueError for a delay.
        """
        if delay is not None:
            raise ValueError("a ring is not delayed; delays are columns here")
        ring = f"{message.actor_name}:{message.message_id}"
        waiting = self.client.lrange(f"{self.namespace}:{message.queue_name}", 0, self.RINGS_LOOKED_AT - 1)
        if any(known.decode().startswith(f"{message.actor_name}:") for known in waiting):
            return message
        sent = message.copy(options={"redis_message_id": ring})
        self.do_enqueue(message.queue_name, ring, sent.encode())
        bell = self.bell_of(message.queue_name)
        self.client.pipeline(transaction=False).lpush(bell, 1).ltrim(bell, 0, self.RINGS_KEPT - 1).execute()
        return sent


class _BlockingConsumer(_RedisConsumer):
    """Looks at its queue, and when that is empty waits for a ring, `timeout` milliseconds at most.

    The wait is bounded because Dramatiq acknowledges, and proves that the process lives, between two looks.
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
    """A broker on Redis that nobody waits for: half a second for an answer, no retry, and no middleware that keeps state.

    Consumers, for whom nobody waits, open one with LISTENING: a busy machine is not a Redis that is away.
    Dramatiq's own Retries, TimeLimit, Results and delays are left out on purpose: retries, deadlines and delays are columns
    (reference: what each of them loses). `maintenance_chance` makes a dead worker's rings come back soon.
    """
    client = redis.Redis.from_url(
        redis_url, socket_timeout=answer_within, socket_connect_timeout=answer_within, retry=Retry(NoBackoff(), 0)
    )
    broker = DoorbellBroker(
        client=client, middleware=[ShutdownNotifications()], maintenance_chance=100_000, heartbeat_timeout=15_000
    )
    dramatiq.set_broker(broker)
    return broker


def declare(broker: dramatiq.Broker, name: str, queue: str, function: Any) -> dramatiq.Actor:
    """Make `function` the actor `name` of `queue` on this broker. One that fails is not retried: the next ring or poll repeats it."""
    return dramatiq.Actor(
        function, broker=broker, actor_name=name, queue_name=queue, priority=0, options={"max_retries": 0}
    )


def doorbell(broker: dramatiq.Broker, queue: str, actor: str) -> bool:
    """Ring once. False when Redis did not take it, which is counted by the caller and otherwise no matter."""
    try:
        broker.enqueue(dramatiq.Message(queue_name=queue, actor_name=actor, args=(), kwargs={}, options={}))
    except (redis.RedisError, dramatiq.errors.BrokerError, OSError):
        return False
    return True


def answers(broker: dramatiq.Broker) -> bool:
    """Whether Redis answers just now."""
    try:
        return bool(broker.client.ping())
    except (redis.RedisError, OSError):
        return False


class Ringer:
    """One thread a process that rings the readers of a service after its commits, many commits with one ring.

    A verb only sets a flag (`Feed.on_news`), so that no request ever waits for Redis.
    """

    PAUSE = 0.05
    """Seconds between two rounds of rings, in which further commits are gathered; the first after a silence waits for nothing."""

    LONGEST_PAUSE = 0.1
    """While news keeps coming: each round costs every reader a look, and what they then read is whole anyway."""

    def __init__(self, settings: Settings, feed: Feed, broker: dramatiq.Broker | None = None) -> None:
        self.source = settings.service
        self.broker: dramatiq.Broker = broker or open_broker(settings.redis_url)
        self.failed = 0
        self._flag = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
        feed.on_news = self._flag.set

    def start(self) -> Ringer:
        """Begin to ring."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ring what is still to be rung, and end."""
        self._stopping = True
        self._flag.set()
        if self._thread.is_alive():
            self._thread.join(2)

    def _run(self) -> None:
        silence = threading.Event()
        while not self._stopping:
            pause = self.LONGEST_PAUSE if self._flag.is_set() else self.PAUSE
            self._flag.wait()
            self._flag.clear()
            for reader in READERS[self.source]:
                if not doorbell(self.broker, news_queue(reader), hears(self.source)):
                    self._missed(reader)
            silence.wait(pause)

    def _missed(self, reader: str) -> None:
        self.failed += 1
        if self.failed == 1 or self.failed % 1000 == 0:
            log.warning(
                "Redis did not take a ring; readers will look by themselves",
                extra={"reader": reader, "missed": self.failed},
            )


class Consumers:
    """Dramatiq workers of one process, one a queue, each with its own number of threads."""

    def __init__(self, broker: RedisBroker, threads: dict[str, int], *, worker_timeout_ms: int) -> None:
        self.workers = [
            dramatiq.Worker(broker, queues={queue}, worker_threads=count, worker_timeout=worker_timeout_ms)
            for queue, count in threads.items()
        ]

    def start(self) -> Consumers:
        """Begin to listen; a Redis that is away is tried again by Dramatiq itself, for ever."""
        for worker in self.workers:
            worker.start()
        return self

    def stop(self, timeout_ms: int = 10_000) -> None:
        """Stop listening and wait for actors that run, `timeout_ms` at most.

        Everything is told to stop before anything is waited for. Dramatiq's own pause is left out: a consumer that pauses
        sleeps for its restart delay first, three seconds for each queue.
        """
        for worker in self.workers:
            for thread in (*worker.workers, *worker.consumers.values()):
                thread.stop()
        for worker in self.workers:
            worker.stop(timeout=timeout_ms)


def hear_all(broker: dramatiq.Broker, service: str, sources: Iterable[str], follow: Any) -> None:
    """Declare the actors that hear: one a source, whose whole body is `follow(source)`."""
    for source in sources:

        def hear(source: str = source) -> None:
            try:
                follow(source)
            except Unavailable:
                return  # the poll of that source says so once, and repeats it

        declare(broker, hears(source), news_queue(service), hear)
