"""Opens a database from its URL, gives each thread its connection, and hides the differences between the two engines."""

from __future__ import annotations

import atexit
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

import peewee
from peewee import DatabaseProxy
from playhouse.pool import PooledSqliteDatabase
from playhouse.postgres_ext import PooledPsycopg3Database

from shared.database.write_lock import WriteLock
from shared.ground.errors import Invalid

OperationalError = peewee.OperationalError
IntegrityError = peewee.IntegrityError
DatabaseError = peewee.DatabaseError
DataError = peewee.DataError

BUSY_SECONDS = 15
"""Seconds that a writer of SQLite waits for the one before it."""

POSTGRES_SESSION = (
    "-c TimeZone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s -c statement_timeout=60s"
)
"""Timeouts, so that a frozen process does not block the others: a sweep would wait behind a connection that is idle in
a transaction."""

PLANNED_EACH_TIME = " -c plan_cache_mode=force_custom_plan"
"""Plan every query again, for contexts with long lists.

The driver prepares a statement that has run five times, and the generic plan that fits any filter fits none: counts
took three times as long from then on. It is slower for a context that runs a few queries very often: a claim took a
third longer.
"""


TRUSTED_SECONDS = 0.5
"""Seconds for which a connection that was returned to the pool is assumed to be alive."""


class _PooledConnection(sqlite3.Connection):
    file_identity: tuple[int, int, int] | None = None


class SqlitePool(PooledSqliteDatabase):
    """A pool of SQLite connections that are reused.

    Closing the last connection of a file checkpoints its whole log, which takes longer than any verb, and opening one
    costs more than most. Connections that came with a fork, or whose file has been deleted or replaced, are not reused.
    """

    def __init__(self, path: str, **options: Any) -> None:
        self._inherited: list[_PooledConnection] = []
        self.write_lock = WriteLock(f"{path}-turn")
        super().__init__(path, factory=_PooledConnection, check_same_thread=False, max_connections=0, **options)

    def _connect(self) -> _PooledConnection:
        connection = super()._connect()
        connection.file_identity = _file_identity(self.database)
        return connection

    def _is_closed(self, conn: _PooledConnection) -> bool:
        if conn.file_identity is not None and conn.file_identity[0] != os.getpid():
            self._inherited.append(conn)  # closing it would release the parent process's locks
            return True
        return conn.file_identity != _file_identity(self.database) or super()._is_closed(conn)


class PostgresPool(PooledPsycopg3Database):
    """A pool of PostgreSQL connections. It checks whether a connection is alive only after a longer idle time, because
    the check costs as much as most statements."""

    def _is_closed(self, conn: Any) -> bool:
        if time.monotonic() - getattr(conn, "returned_at", 0.0) < TRUSTED_SECONDS:
            return conn.closed or self._adapter.txn_status(conn) != self._adapter.txn_idle
        return super()._is_closed(conn)

    def _can_reuse(self, conn: Any) -> bool:
        conn.returned_at = time.monotonic()
        return super()._can_reuse(conn)


def _file_identity(path: str) -> tuple[int, int, int] | None:
    """The process id and the identity of the file; None when there is no file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return os.getpid(), status.st_dev, status.st_ino


def unbound_database() -> DatabaseProxy:
    """An unbound database. Models bind to it, and `connect` fills it."""
    return DatabaseProxy()


def connect(proxy: DatabaseProxy, url: str, *, plan_each_time: bool = False) -> None:
    """Point `proxy` at the database of `url`: `sqlite:///path` or `postgresql://...`. It opens no connection yet.

    `plan_each_time` is for a context of long lists (PLANNED_EACH_TIME). With the same URL again it changes nothing, so
    that connections that other threads hold remain in the pool. Invalid for another scheme.
    """
    if getattr(proxy.obj, "tandem_url", None) == url:
        return
    previous = proxy.obj
    database: Any = _database(url, PLANNED_EACH_TIME if plan_each_time else "")
    database.tandem_url = url
    proxy.initialize(database)
    _pointed_at.add(database)
    if previous is not None:
        previous.close_idle()


_pointed_at: WeakSet[Any] = WeakSet()
"""Databases that this process has pointed at; weak, so that one that is no longer used is closed with its connections.
"""


@atexit.register
def _close_idle() -> None:
    for database in list(_pointed_at):
        database.close_idle()


def _database(url: str, options: str) -> peewee.Database:
    if url.startswith(("postgresql://", "postgres://")):
        url = url.replace("postgres://", "postgresql://", 1)
        return PostgresPool(
            url,
            max_connections=200,
            stale_timeout=300,
            autoconnect=False,
            options=POSTGRES_SESSION + options,
            connect_timeout=5,
            application_name="tandem",
            client_encoding="UTF8",
        )
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        # IMMEDIATE: a deferred transaction that becomes a writer fails with 'locked', whatever the timeout.
        database = SqlitePool(
            str(path),
            lock_type="IMMEDIATE",
            autoconnect=False,
            # With mmap_size, pages are read where the system keeps them, without a call for each.
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "cache_size": -8000,
                "mmap_size": 2 << 30,
            },
        )
        database.timeout = BUSY_SECONDS
        return database
    raise Invalid("A database URL starts with sqlite:/// or postgresql://.")


def unwrap(database: Any) -> Any:
    """The database behind a proxy."""
    return database.obj if isinstance(database, DatabaseProxy) else database


def is_postgres(database: Any) -> bool:
    """Whether this is PostgreSQL; otherwise it is SQLite."""
    return isinstance(unwrap(database), peewee.PostgresqlDatabase)


@contextmanager
def session(database: Any) -> Iterator[None]:
    """Open this thread's connection and return it to the pool at the end. Inside another session it does nothing."""
    if not database.is_closed():
        yield
        return
    database.connect(reuse_if_open=True)
    try:
        yield
    finally:
        database.close()


@contextmanager
def writing(database: Any) -> Iterator[None]:
    """Open a transaction that writes. On SQLite it takes the write lock first (shared/database/write_lock.py)."""
    write_lock = getattr(unwrap(database), "write_lock", None)
    with write_lock.hold(BUSY_SECONDS) if write_lock else nullcontext(), database.atomic():
        yield


def lock_name(database: Any, name: str) -> None:
    """Lock a name until the transaction ends, for things without a row to lock. SQLite has one writer anyway."""
    if is_postgres(database):
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


def server_time_plus(database: Any, now: datetime, seconds: float) -> Any:
    """So many seconds after the time by which leases are compared: PostgreSQL's own clock, or `now` on SQLite, where all
    processes share one host."""
    if is_postgres(database):
        return peewee.SQL("(clock_timestamp() AT TIME ZONE 'utc') + make_interval(secs => %s)", (float(seconds),))
    return datetime.fromtimestamp(now.timestamp() + seconds, UTC)
