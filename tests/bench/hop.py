"""The floor of every wake-up: one Dramatiq hop from send to actor, as Dramatiq comes and with the doorbells of Tandem.

`python -m tests.bench.hop KIND REDIS_URL` is the side that hears; `Hop` starts it and sends.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker

from shared.feed import doorbells
from shared.process.child_process import ChildProcess
from tests.bench import machine

QUEUES = 8
"""Plain consumers wait longer the longer nothing came; over so many queues in turn each one is idle for seconds."""

ACTOR = "started"
WORKER_TIMEOUT_MS = 1000


def open_broker(kind: str, url: str) -> RedisBroker:
    """`plain` is Dramatiq's broker with its own defaults, `doorbell` that of shared.feed.doorbells."""
    if kind == "plain":
        return RedisBroker(url=url, namespace="bench-plain")
    return doorbells.open_broker(url, answer_within=doorbells.CONSUMER_TIMEOUT)


def listen(kind: str, url: str) -> None:
    """Note how old each message is when its actor starts, for ever."""
    broker, arrivals = open_broker(kind, url), redis.Redis.from_url(url)

    def started(sent: float) -> None:
        arrivals.rpush(f"arrivals-{kind}", time.time() - sent)

    for number in range(QUEUES):
        dramatiq.Actor(
            started, broker=broker, actor_name=f"{ACTOR}{number}", queue_name=f"bench{number}", priority=0, options={}
        )
    if kind == "plain":
        dramatiq.Worker(broker).start()
    else:
        names = [f"bench{number}" for number in range(QUEUES)]
        doorbells.Consumers(broker, dict.fromkeys(names, 1), worker_timeout_ms=WORKER_TIMEOUT_MS).start()
    threading.Event().wait()


class Hop:
    """One kind of hop: a process that hears, and the broker that this one sends through."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.url = kind, url
        self.broker = open_broker(kind, url)
        self.arrivals = redis.Redis.from_url(url)
        self.sent = 0

    def __enter__(self) -> Hop:
        command = [sys.executable, "-m", "tests.bench.hop", self.kind, self.url]
        self.part = ChildProcess(
            f"{self.kind} hop", command, os.environ, machine.ROOT, machine.FOLDER / f"hop-{self.kind}.log"
        )
        self.part.start()
        for _ in range(QUEUES):
            self.send()
        self._wait()
        self.arrivals.delete(f"arrivals-{self.kind}")
        self.sent = 0
        return self

    def __exit__(self, *_: object) -> None:
        machine.end(self.part)

    def send(self) -> None:
        """One message, with the moment in it."""
        number = self.sent % QUEUES
        self.sent += 1
        told: dict[str, Any] = {"kwargs": {}, "options": {}}
        name, queue = f"{ACTOR}{number}", f"bench{number}"
        self.broker.enqueue(dramatiq.Message(queue_name=queue, actor_name=name, args=(time.time(),), **told))

    def milliseconds(self) -> list[float]:
        """How long each message took from its sending to the start of its actor."""
        return [float(one) * 1000 for one in self._wait()]

    def _wait(self) -> list[Any]:
        until = time.monotonic() + 20
        while True:
            arrived = self.arrivals.lrange(f"arrivals-{self.kind}", 0, -1)
            if len(arrived) >= self.sent:
                return arrived
            if time.monotonic() > until:
                raise TimeoutError(f"{len(arrived)} of {self.sent} messages arrived")
            time.sleep(0.05)


if __name__ == "__main__":
    listen(*sys.argv[1:])
