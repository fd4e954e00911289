"""The peer: a Celery application with one task that does nothing. It runs in an environment of its own, which the bench
makes; nothing of Tandem is imported here.

`celery -A tests.bench.celery_noop worker` is its worker; `python -m tests.bench.celery_noop COUNT` sends so many and
prints how many seconds went by until the last of them was acknowledged.
"""

import os
import sys
import time

import redis
from celery import Celery

BROKER = os.environ["BENCH_BROKER"]

app = Celery("bench", broker=BROKER)
app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task(name="noop")
def noop() -> None:
    """Nothing."""


def send_all(count: int) -> float:
    """Seconds from the first `delay` to the last acknowledgement: nothing waits, and nothing is unacknowledged."""
    client = redis.Redis.from_url(BROKER)
    before = _done()
    began = time.monotonic()
    for _ in range(count):
        noop.delay()
    ended, looks = time.monotonic(), 0
    while looks < 2:
        if client.llen("celery") or client.hlen("unacked"):
            looks = 0
        else:
            ended = ended if looks else time.monotonic()
            looks += 1
        time.sleep(0.002)
    if _done() - before != count:
        raise SystemExit(f"Celery did {_done() - before} of {count}")
    return ended - began


def wait_for_worker(seconds: float) -> None:
    """Return once a worker answers. SystemExit when none does."""
    until = time.monotonic() + seconds
    while not app.control.inspect(timeout=0.5, limit=1).ping():
        if time.monotonic() > until:
            raise SystemExit(f"no Celery worker answered within {seconds:.0f} s")


def _done() -> int:
    answers = app.control.inspect(timeout=5, limit=1).stats() or {}
    return sum(sum(one["total"].values()) for one in answers.values())


if __name__ == "__main__":
    wait_for_worker(30)
    send_all(50)
    print(send_all(int(sys.argv[1])))
