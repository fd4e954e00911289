"""The worker of runs: reads the feeds when it is woken or its poll is due, starts the runs of due recurrences, lets mails
leave whose time has come, and deletes old rows."""

from __future__ import annotations

from services.runs import recurrences, withdrawing
from services.runs.actors import reader
from services.runs.models import acts, feed, idempotency, outgoing_requests
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process import feed_worker, retention
from shared.process.periodic import PeriodicThread
from shared.process.service_main import Worker
from shared.web import service_client

RECURRENCE_SECONDS = 20
LEAVE_SECONDS = 1
TIDY_SECONDS = 3600


def make_worker(settings: Settings) -> Worker:
    """A worker that follows each source that runs reads, starts due recurrences, and tidies every hour."""
    sources = {source: service_client.Client(settings, source) for source in reader.sources()}
    loops = [
        PeriodicThread("leave", LEAVE_SECONDS, lambda: withdrawing.release_due(now=clock.now())),
        PeriodicThread("recurrences", RECURRENCE_SECONDS, lambda: recurrences.start_due(clock.now())),
        PeriodicThread("tidy", TIDY_SECONDS, lambda: tidy(settings)),
    ]
    return feed_worker.make_worker(settings, feed, reader, sources, loops)


def tidy(settings: Settings) -> None:
    """Delete rows that are past their retention."""
    rules = retention.common_rules(idempotency, acts, settings, outgoing_requests)
    retention.delete_expired(feed, rules, now=clock.now())
