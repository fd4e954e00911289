"""Open a database from its URL, give each thread its connection, and bridge what the two engines do differently."""

from __future__ import annotations

import atexit
import logging
import os
import sqlite3
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

from shared.errors import Invalid
from shared.turns import Turn

log = logging.getLogger(__name__)

OperationalError = peewee.OperationalError
IntegrityError = peewee.IntegrityError
DatabaseError = peewee.DatabaseError
DataError = peewee.DataError

BUSY_SECONDS = 15
"""How long a writer of SQLite waits for the one before it."""

POSTGRES_SESSION = (
    "-c TimeZone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s -c statement_timeout=60s"
)
"""A frozen process must not hold up the others for ever (reference: a sweep that hung behind one idle in transaction)."""

PLANNED_EACH_TIME = " -c plan_cache_mode=force_custom_plan"
"""For a context of long lists: the driver prepares what it has asked five times, and a plan that suits any filter suits none; counts
took three times as long from then on. Where few questions are asked very often, planning each costs more than it saves: a claim
took a third longer."""


class _KeptConnection(sqlite3.Connection):
    place: tuple[int, int, int] | None = None


class SqlitePool(PooledSqliteDatabase):
    """SQLite whose connections are kept for the next who needs one.

    Closing the last connection of a file writes its whole log back into it, which takes longer than any verb, and opening one
    costs more than most. Connections that came with a fork, or whose file was deleted or replaced, are not used again.
    """

    def __init__(self, path: str, **options: Any) -> None:
        self._inherited: list[_KeptConnection] = []
        self.turn = Turn(f"{path}-turn")
        super().__init__(path, factory=_KeptConnection, check_same_thread=False, max_connections=0, **options)

    def _connect(self) -> _KeptConnection:
        connection = super()._connect()
        connection.place = _place(self.database)
        return connection

    def _is_closed(self, conn: _KeptConnection) -> bool:
        if conn.place is not None and conn.place[0] != os.getpid():
            self._inherited.append(conn)  # closing it would let go of what the parent process holds
            return True
        return conn.place != _place(self.database) or super()._is_closed(conn)


def _place(path: str) -> tuple[int, int, int] | None:
    """This process and the file that stands there now; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return os.getpid(), found.st_dev, found.st_ino


def later() -> DatabaseProxy:
    """The database of a context before anyone has said which; models bind to it, `connect` fills it."""
    return DatabaseProxy()


def connect(proxy: DatabaseProxy, url: str, *, plan_each_time: bool = False) -> None:
    """Point `proxy` at the database of `url`: `sqlite:///path` or `postgresql://...`. Opens no connection yet. `plan_each_time` is
    for a context of long lists (PLANNED_EACH_TIME).

    Pointing it at the same one again changes nothing: connections that other threads hold stay known.
    """
    if getattr(proxy.obj, "tandem_url", None) == url:
        return
    before = proxy.obj
    made = _database(url, PLANNED_EACH_TIME if plan_each_time else "")
    made.tandem_url = url
    proxy.initialize(made)
    _pointed_at.add(made)
    if before is not None:
        before.close_idle()


_pointed_at: WeakSet[peewee.Database] = WeakSet()
"""Databases that this process has pointed at; one that nobody uses any more takes its connections with it."""


@atexit.register
def _close_idle() -> None:
    for one in list(_pointed_at):
        one.close_idle()


def _database(url: str, options: str) -> peewee.Database:
    if url.startswith(("postgresql://", "postgres://")):
        url = url.replace("postgres://", "postgresql://", 1)
        return PooledPsycopg3Database(
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
        # IMMEDIATE: a deferred transaction that turns into a writer fails with 'locked' whatever the timeout (reference, 3.6).
        made = SqlitePool(
            str(path),
            lock_type="IMMEDIATE",
            autoconnect=False,
            pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -8000},
        )
        made.timeout = BUSY_SECONDS
        return made
    raise Invalid(f"A database URL starts with sqlite:/// or postgresql://, not {url.split(':', 1)[0]}:")


def behind(database: Any) -> Any:
    """The database behind a proxy."""
    return database.obj if isinstance(database, DatabaseProxy) else database


def is_postgres(database: Any) -> bool:
    """Whether this is PostgreSQL (else it is SQLite)."""
    return isinstance(behind(database), peewee.PostgresqlDatabase)


@contextmanager
def session(database: Any) -> Iterator[None]:
    """This thread's connection, opened here and given back at the end; inside another one it does nothing."""
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
    """A transaction that writes. On SQLite those who write take turns (shared.turns)."""
    turn = getattr(behind(database), "turn", None)
    with turn.taken(BUSY_SECONDS) if turn else nullcontext(), database.atomic():
        yield


def server_time(database: Any, now: datetime) -> Any:
    """The moment that leases are compared by: PostgreSQL's own clock, or `now` on SQLite, where all processes share one host."""
    if is_postgres(database):
        return peewee.SQL("(clock_timestamp() AT TIME ZONE 'utc')")
    return now


def server_time_plus(database: Any, now: datetime, seconds: float) -> Any:
    """`server_time` so many seconds on; for the end of a lease."""
    if is_postgres(database):
        return peewee.SQL("(clock_timestamp() AT TIME ZONE 'utc') + make_interval(secs => %s)", (float(seconds),))
    return datetime.fromtimestamp(now.timestamp() + seconds, UTC)


def skip_locked(query: Any, database: Any) -> Any:
    """`query` with FOR UPDATE SKIP LOCKED on PostgreSQL; SQLite has one writer and needs none."""
    return query.for_update("FOR UPDATE SKIP LOCKED") if is_postgres(database) else query
