"""Migrates a database: first the tables of the plumbing, then those of the context."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playhouse.migrations import Runner

from shared.database.connection import is_postgres, session, unwrap
from shared.ground.errors import Unavailable

log = logging.getLogger(__name__)

PLUMBING_MIGRATIONS = Path(__file__).parent / "migrations"
HISTORIES = ("plumbing_migration", "schema_migration")
"""The tables in which a database records its migrations: those of the plumbing, and the context's own."""

MIGRATION_LOCK = 0x7A4DE401
"""Key of the PostgreSQL advisory lock under which migrations run; the runner itself has none."""


class NewerDatabase(Unavailable):
    """The database was migrated by a newer version of this code."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            "The database is newer than this version of Tandem, which does not know its migrations"
            f" {', '.join(names)}. Run the version that made them, or put back a backup of before."
        )


_one_at_a_time = threading.Lock()


def apply(database: Any, directory: Path) -> list[str]:
    """Migrate the database: first the shared plumbing, then the context's tables. Returns the names of the migrations
    applied.

    NewerDatabase, with nothing applied, when the database has migrations that this code does not have.
    """
    real = unwrap(database)
    if not is_postgres(real):
        Path(real.database).parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time, session(real), _locked(real):
        refuse_newer(real, directory)
        applied = [name for runner in _runners(real, directory) for name in runner.up()]
    if applied:
        log.info("migrated", extra={"applied": applied})
    return applied


@contextmanager
def _locked(database: Any) -> Iterator[None]:
    """Hold the migration lock over all processes. On SQLite the write lock of each migration is enough, because one
    launcher migrates."""
    if not is_postgres(database):
        yield
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))


def pending(database: Any, directory: Path) -> list[str]:
    """Names of the migrations that this code has and the database does not; empty when it is ready."""
    return [step.name for step in _steps(database, directory) if step.applied is None]


def refuse_newer(database: Any, directory: Path) -> None:
    """NewerDatabase when the database has migrations that this code does not have."""
    if unknown := [step.name for step in _steps(database, directory) if step.path is None]:
        raise NewerDatabase(unknown)


def names(database: Any, directory: Path) -> set[str]:
    """The names of the migrations that this code has."""
    return {step.name for runner in _runners(unwrap(database), directory) for step in runner.migrations()}


def make_tables(database: Any, directory: Path, migration_names: Collection[str]) -> None:
    """Make the tables of an empty database as these migrations make them. The caller copies in the record of which
    migrations ran."""
    for runner in _runners(unwrap(database), directory):
        runner.History.create_table(safe=True)
        for step in runner.migrations():
            if step.name in migration_names:
                step.load().up(runner.migrator, unwrap(database))


def _steps(database: Any, directory: Path) -> list[Any]:
    """Every migration of the code or the database: `applied` is None when it is pending, `path` is None when the code
    does not have it."""
    return [step for runner in _runners(unwrap(database), directory) for step in runner.status()]


def _runners(database: Any, directory: Path) -> tuple[Runner, Runner]:
    plumbing, own = HISTORIES
    return (
        Runner(database, str(PLUMBING_MIGRATIONS), table_name=plumbing),
        Runner(database, str(directory), table_name=own),
    )
