"""The worker of the monitor: reads the feeds when it is woken or its poll is due, and deletes old rows once an hour."""

from __future__ import annotations

from services.monitor import clients, digests, sessions
from services.monitor.actors import reader
from services.monitor.models import acts, database, feed, idempotency, learn_sizes, notices, outgoing_requests, trail
from shared.database.connection import session
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process import feed_worker, retention
from shared.process.periodic import PeriodicThread
from shared.process.service_main import Worker

HOUR = 3600.0
DIGESTS_EVERY = 20.0
"""Seconds between two looks for digests that are due; they are due on the hour."""


def make_worker(settings: Settings) -> Worker:
    """Doorbell consumers and a poll for each owner, a poll for the monitor's own acts, and the hourly tidying."""
    sources = {source: clients.to(source) for source in clients.OWNERS}
    loops = [
        PeriodicThread("own acts", settings.feed_poll_seconds, follow_own),
        PeriodicThread("digests", DIGESTS_EVERY, lambda: digests.send_due(clock.now(), settings.console_url)),
        PeriodicThread("tidy", HOUR, lambda: tidy(settings)),
    ]
    return feed_worker.make_worker(settings, feed, reader, sources, loops, threads=len(sources))


def follow_own() -> int:
    """Apply the monitor's own acts to the trail; they are in its own database already."""
    applied = reader.follow("monitor", feed.changes)
    reader.retry_parked("monitor", feed.subjects, clock.now())
    return applied


def tidy(settings: Settings) -> None:
    """Delete what sign-in needs no longer (sessions.tidy) and rows past their retention, and update SQLite's
    statistics."""
    now = clock.now()
    sessions.tidy(now)
    rules = retention.common_rules(idempotency, acts, settings, outgoing_requests)
    rules += notices.retention_rules(settings) + trail.retention_rules(settings)
    retention.delete_expired(feed, rules, now=now)
    with session(database):
        learn_sizes()
