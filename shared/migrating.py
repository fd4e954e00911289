"""Bring a database up to date: the plumbing's tables, then those of a context."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playhouse.migrations import Runner

from shared.database import behind, is_postgres, session

log = logging.getLogger(__name__)

PLUMBING_MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x7A4DE401
"""Key of the advisory lock under which PostgreSQL migrates: the runner has none of its own."""


_one_at_a_time = threading.Lock()


def apply(database: Any, directory: Path) -> list[str]:
    """Bring the database up to date: the shared plumbing tables first, then those of the context. Names what it applied."""
    real = behind(database)
    if not is_postgres(real):
        Path(real.database).parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time, session(real), _alone(real):
        applied = Runner(real, str(PLUMBING_MIGRATIONS), table_name="plumbing_migration").up()
        applied += Runner(real, str(directory)).up()
    if applied:
        log.info("migrated", extra={"applied": applied})
    return applied


@contextmanager
def _alone(database: Any) -> Iterator[None]:
    """One migration at a time over all processes; on SQLite the write lock of each migration is enough with one launcher."""
    if not is_postgres(database):
        yield
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))


def pending(database: Any, directory: Path) -> list[str]:
    """Names of migrations that this code has and the database has not; empty when it is ready."""
    real = behind(database)
    runners = (Runner(real, str(PLUMBING_MIGRATIONS), table_name="plumbing_migration"), Runner(real, str(directory)))
    return [step.name for runner in runners for step in runner.status() if step.applied is None]
