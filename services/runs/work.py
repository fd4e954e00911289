"""The worker of runs: it hears news, looks by itself when nobody rings, and starts the runs that recur when they are due."""

from __future__ import annotations

from services.runs import recurrences
from services.runs.actors import reader
from services.runs.models import db, feed, idempotency
from shared import clock, following, http
from shared.database import session
from shared.loops import Loop
from shared.processes import Worker
from shared.settings import Settings

RECURRENCE_SECONDS = 20
TIDY_SECONDS = 3600


def make_worker(settings: Settings) -> Worker:
    """Consumers of news from every source that runs reads, a poll of each, and the recurrences."""
    sources = {source: http.Client(settings, source).changes for source in reader.sources()}
    loops = [
        Loop("recurrences", RECURRENCE_SECONDS, lambda: recurrences.start_due(clock.now())),
        Loop("tidy", TIDY_SECONDS, tidy),
    ]
    return following.make_worker(settings, feed, reader, sources, loops)


def tidy() -> None:
    """Forget idempotency keys that nobody will repeat."""
    with session(db):
        idempotency.forget_old(now=clock.now())
