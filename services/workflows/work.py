"""The worker of workflows: reads the feeds when it is woken or its poll is due, runs the schedule, fetches the texts of
contracts that were read, and deletes expired rows."""

from __future__ import annotations

from services.workflows import contract_reading, resurfacing
from services.workflows.actors import reader
from services.workflows.clients import ExecutorFiles
from services.workflows.models import CustomerBatch, TaskBatch, acts, db, feed, idempotency, outgoing_requests
from shared.database.connection import session
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process import feed_worker, retention
from shared.process.periodic import PeriodicThread
from shared.process.service_main import Worker
from shared.web import service_client

SCHEDULE_SECONDS = 20
TIDY_SECONDS = 3600


def make_worker(settings: Settings) -> Worker:
    """A worker that follows each source that workflows reads, runs the schedule, and deletes expired rows."""
    sources = {source: service_client.Client(settings, source) for source in reader.sources()}
    files = ExecutorFiles(settings)
    texts = PeriodicThread(
        "fetch texts", settings.feed_poll_seconds, lambda: contract_reading.fetch_texts(files.text, clock.now())
    )
    loops = [
        texts,
        PeriodicThread("schedule", SCHEDULE_SECONDS, lambda: run_schedule(settings.daily_at)),
        PeriodicThread("tidy", TIDY_SECONDS, lambda: tidy(settings)),
    ]
    return feed_worker.make_worker(settings, feed, reader, sources, loops, on_applied=texts.nudge)


def tidy(settings: Settings) -> None:
    """Delete rows that are past their retention."""
    days = settings.keep_idempotency_keys_days
    batches = [retention.Retention(batch.created_at, days) for batch in (TaskBatch, CustomerBatch)]
    rules = retention.common_rules(idempotency, acts, settings, outgoing_requests)
    retention.delete_expired(feed, (*rules, *batches), now=clock.now())


def run_schedule(daily_at: str) -> int:
    """Schedule the daily job for every known tenant, and do what is due. Returns how many daily jobs ran."""
    now = clock.now()
    with session(db):
        resurfacing.schedule_daily_job(daily_at, now=now)
    return resurfacing.fire_due(now)
