"""One claim with very many rows queued: its time does not follow how much waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.executor import claiming, finishing, submitting
from services.executor.app import CONTEXT
from services.executor.models import AiTask, db, feed
from services.executor.processors import Result, registry
from services.executor.submitting import Submission
from shared.database import connection
from shared.database.connection import session
from shared.ground import clock, ids, settings
from tests.bench import machine
from tests.bench.report import Row, at_most, percentile, plain
from tests.bench.sizes import Sizes
from tests.bench.throughput import rehearsal
from tests.house import ADMIN

COPIES = 100
LEASE_SECONDS = 60.0
GOAL_MS = 10


def measure(engine: str, sizes: Sizes, make_url: Callable[[str], str] | None = None) -> list[Row]:
    """Rows for one engine: the claim, and the finish after it."""
    with machine.folder("claim") as home:
        url = make_url("claims") if make_url else f"sqlite:///{home}/executor.sqlite3"
        with _connected(url, home):
            known = registry.load(rehearsal=True)
            fill(known, sizes.queued)
            # As a slot: on SQLite it keeps its connection while it works, on PostgreSQL each transaction takes one.
            with nullcontext() if connection.is_postgres(db) else session(db):
                claims, finishes = zip(*(claim_one(known) for _ in range(sizes.claims)), strict=True)
    what = f"claim with {sizes.queued:,} rows queued, {engine}"
    return [
        at_most(f"{what}, p99", percentile(claims, 0.99), GOAL_MS, "ms", f"p50 {percentile(claims, 0.5):.1f} ms"),
        plain("  and its finish, p99", percentile(finishes, 0.99), "ms", f"p50 {percentile(finishes, 0.5):.1f} ms"),
    ]


@contextmanager
def _connected(url: str, home: Path) -> Iterator[None]:
    """The executor's models on a new database."""
    told = settings.load("executor")
    told = replace(told, home=home, database_urls=told.database_urls | {"executor": url})
    CONTEXT.migrate(told)
    CONTEXT.connect(told)
    feed.on_news = lambda kinds: None
    yield
    if connection.is_postgres(db):
        db.obj.close_all()


def fill(known: registry.Registry, count: int) -> None:
    """Queue so many tasks of all priorities: some through the verb, the rest as copies of their rows, each told in the
    feed."""
    now = clock.now() - timedelta(hours=1)
    with feed.transaction():
        for number in range(count // COPIES):
            order = Submission(ids.new_id(), ADMIN.tenant_id, "test-echo", rehearsal(number), priority=1 + number % 5)
            moment = now + timedelta(seconds=number)
            submitting.submit(order, by=ADMIN, now=moment, registry=known, max_attempts=4)
    columns = [field.column_name for field in AiTask._meta.sorted_fields if field.name not in ("id", "origin")]
    told = ", ".join(f'"{name}"' for name in columns)
    numbers = (
        f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COPIES - 1}) SELECT i FROM n)"
    )
    copied = f"SELECT id || '-' || c.i, id || '-' || c.i, {told} FROM ai_task CROSS JOIN {numbers} AS c"
    with session(db):
        with db.atomic():
            db.execute_sql(f"INSERT INTO ai_task (id, origin, {told}) {copied}")
            db.execute_sql(
                "INSERT INTO feed (kind, subject_id, tenant_id, version, position)"
                " SELECT 'ai-task', id, tenant_id, 1, NULL FROM ai_task WHERE true ON CONFLICT DO NOTHING"
            )
        feed.assign_positions()
        if connection.is_postgres(db):
            # What autovacuum would have done while so much piled up.
            db.execute_sql("ANALYZE")


def claim_one(known: registry.Registry) -> tuple[float, float]:
    """Claim the best due task and finish it, as a slot of a worker does: milliseconds of each. RuntimeError when
    nothing is due."""
    began = time.perf_counter()
    task = claiming.claim(
        owner="bench", deadlines=known.deadlines(), now=clock.now(), lease_seconds=LEASE_SECONDS, suspects=True
    )
    claimed = time.perf_counter()
    if task is None:
        raise RuntimeError("nothing was due")
    finishing.succeed(task, Result({"echo": "", "attempt": 1, "effect": None}, "Echoed."), now=clock.now())
    return (claimed - began) * 1000, (time.perf_counter() - claimed) * 1000
