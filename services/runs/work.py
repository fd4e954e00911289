"""The worker of runs: it hears news, and looks by itself when nobody rings."""

from __future__ import annotations

from services.runs import recurrences
from services.runs.actors import reader
from services.runs.models import db, feed, idempotency
from shared import clock, http, queues
from shared.database import session
from shared.loops import Loop
from shared.processes import Worker
from shared.settings import Settings

RECURRENCE_SECONDS = 20
TIDY_SECONDS = 3600


def make_worker(settings: Settings) -> Worker:
    """Consumers of news from every source that runs reads, and a poll of each."""
    broker = queues.open_broker(settings.redis_url, answer_within=queues.LISTENING)
    sources = {source: http.Client(settings, source) for source in reader.sources()}

    def follow(source: str) -> int:
        return reader.follow(source, sources[source].changes)

    queues.hear_all(broker, "runs", sources, follow)
    return Worker(
        consumers=queues.Consumers(
            broker, {queues.news_queue("runs"): 1}, worker_timeout_ms=settings.worker_timeout_ms
        ),
        ringer=queues.Ringer(settings, feed),
        loops=[
            *(
                Loop(f"poll {source}", settings.feed_poll_seconds, lambda source=source: follow(source))
                for source in sources
            ),
            Loop("recurrences", RECURRENCE_SECONDS, lambda: recurrences.start_due(clock.now())),
            Loop("tidy", TIDY_SECONDS, tidy),
        ],
    )


def tidy() -> None:
    """Forget idempotency keys that nobody will repeat."""
    with session(db):
        idempotency.forget_old(now=clock.now())
