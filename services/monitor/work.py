"""The worker of the monitor: it hears news, looks by itself when nobody rings, and tidies up once an hour."""

from __future__ import annotations

from services.monitor import clients, sessions
from services.monitor.actors import reader
from services.monitor.models import database, feed, idempotency, learn_sizes
from shared import clock, following
from shared.database import session
from shared.loops import Loop
from shared.processes import Worker
from shared.settings import Settings

HOUR = 3600.0


def make_worker(settings: Settings) -> Worker:
    """Consumers of news from every owner, a poll of each, and of the monitor's own acts."""
    sources = {source: clients.to(source).changes for source in clients.OWNERS}
    loops = [Loop("own acts", settings.feed_poll_seconds, follow_own), Loop("tidy", HOUR, tidy)]
    return following.make_worker(settings, feed, reader, sources, loops, threads=len(sources))


def follow_own() -> int:
    """Read the monitor's own acts into the trail; they are in its own database already."""
    return reader.follow("monitor", feed.changes)


def tidy() -> None:
    """Delete what is over (sessions, links, tries and idempotency keys), and let the database look at its sizes."""
    now = clock.now()
    with feed.transaction():
        sessions.tidy(now)
        idempotency.forget_old(now=now)
    with session(database):
        learn_sizes()
