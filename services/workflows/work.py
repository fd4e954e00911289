"""The worker of workflows: it hears news, looks by itself when nobody rings, and runs the daily job when it is due."""

from __future__ import annotations

from services.workflows import resurfacing
from services.workflows.actors import reader
from services.workflows.models import db, feed, idempotency, schedules
from shared import clock, following, http
from shared.database import session
from shared.loops import Loop
from shared.processes import Worker
from shared.settings import Settings

SCHEDULE_SECONDS = 20
TIDY_SECONDS = 3600


def make_worker(settings: Settings) -> Worker:
    """Consumers of news from every source that workflows reads, a poll of each, and the schedule."""
    sources = {source: http.Client(settings, source).changes for source in reader.sources()}
    loops = [
        Loop("schedule", SCHEDULE_SECONDS, lambda: keep_schedule(settings.daily_at)),
        Loop("tidy", TIDY_SECONDS, tidy),
    ]
    return following.make_worker(settings, feed, reader, sources, loops)


def tidy() -> None:
    """Forget idempotency keys that nobody will repeat."""
    with session(db):
        idempotency.forget_old(now=clock.now())


def keep_schedule(daily_at: str) -> int:
    """Plan the daily job for every tenant that is known by now, and run it where it is due."""
    now = clock.now()
    with session(db):
        resurfacing.plan(daily_at, now=now)
    return schedules.fire_due(now, {resurfacing.JOB: resurfacing.run})
