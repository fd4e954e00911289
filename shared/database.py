"""Open a database from its URL, give each thread its connection, and the few column types and questions all contexts share."""

from __future__ import annotations

import atexit
import base64
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import WeakSet

import peewee
from peewee import DatabaseProxy, Field
from playhouse.migrations import Runner
from playhouse.pool import PooledSqliteDatabase
from playhouse.postgres_ext import PooledPsycopg3Database

from shared import clock
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.errors import Invalid
from shared.turns import Turn

log = logging.getLogger(__name__)

JsonField = peewee.JSONField
OperationalError = peewee.OperationalError
IntegrityError = peewee.IntegrityError
DatabaseError = peewee.DatabaseError
DataError = peewee.DataError

PLUMBING_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 15
"""How long a writer of SQLite waits for the one before it."""

MIGRATION_LOCK = 0x7A4DE401
"""Key of the advisory lock under which PostgreSQL migrates: the runner has none of its own."""

POSTGRES_SESSION = (
    "-c TimeZone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s -c statement_timeout=60s"
)
"""A frozen process must not hold up the others for ever (reference: a sweep that hung behind one idle in transaction)."""


class UtcDateTime(peewee.DateTimeField):
    """An aware moment in, an aware UTC moment out; stored naive in UTC, always with microseconds so that text sorts as time."""

    def db_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a moment without a time zone")
        naive = value.astimezone(UTC).replace(tzinfo=None)
        return naive if is_postgres(self.model._meta.database) else naive.isoformat(" ", "microseconds")

    def python_value(self, value: Any) -> Any:
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC)


class MoneyField(peewee.TextField):
    """A Decimal kept as text, exact on both engines; not for sums in SQL."""

    def db_value(self, value: Any) -> Any:
        return None if value is None else str(value)

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value)


def IdField(**options: Any) -> peewee.TextField:
    """The primary key of our tables: an id made by the caller, as text."""
    return peewee.TextField(primary_key=True, **options)


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


def connect(proxy: DatabaseProxy, url: str) -> None:
    """Point `proxy` at the database of `url`: `sqlite:///path` or `postgresql://...`. Opens no connection yet.

    Pointing it at the same one again changes nothing: connections that other threads hold stay known.
    """
    if getattr(proxy.obj, "tandem_url", None) == url:
        return
    before = proxy.obj
    made = _database(url)
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


def _database(url: str) -> peewee.Database:
    if url.startswith(("postgresql://", "postgres://")):
        url = url.replace("postgres://", "postgresql://", 1)
        return PooledPsycopg3Database(
            url,
            max_connections=200,
            stale_timeout=300,
            autoconnect=False,
            options=POSTGRES_SESSION,
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


def _real(database: Any) -> Any:
    return database.obj if isinstance(database, DatabaseProxy) else database


def is_postgres(database: Any) -> bool:
    """Whether this is PostgreSQL (else it is SQLite)."""
    return isinstance(_real(database), peewee.PostgresqlDatabase)


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
    turn = getattr(_real(database), "turn", None)
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


def page(
    query: Any,
    order: Sequence[tuple[Field, str]],
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    total: int | None = None,
) -> Page:
    """One page of `query` in `order`, by keyset when there is a cursor.

    `order` ends in a unique column; no column of it may hold NULL. The total is counted up to COUNTED_UP_TO rows and no further,
    because an exact count is what every slow list of this kind dies of; `total` where that has been done already, COUNTED_UP_TO + 1
    for more. Invalid when the cursor is not one of ours.
    """
    if total is None:
        total = query.order_by().select(peewee.SQL("1")).limit(COUNTED_UP_TO + 1).count()
    if cursor:
        query = query.where(_after(order, _opened(cursor, order)))
        offset = 0
    rows = list(
        query.order_by(*(field.desc() if way == "desc" else field.asc() for field, way in order))
        .limit(limit + 1)
        .offset(offset)
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(
        items=rows,
        limit=limit,
        offset=offset,
        total=min(total, COUNTED_UP_TO),
        total_is_exact=total <= COUNTED_UP_TO,
        next=_sealed([getattr(rows[-1], field.name) for field, _ in order]) if more else None,
    )


def nothing(*, limit: int, offset: int = 0) -> Page:
    """A page of a list that has no rows."""
    return Page(items=[], limit=limit, offset=offset, total=0, total_is_exact=True, next=None)


def _after(order: Sequence[tuple[Field, str]], values: list[Any]) -> Any:
    """Rows behind `values`: compared as one row where all columns go the same way, which both engines seek in an index.

    Otherwise column by column, with a bound on the first one that is redundant and lets an index start in the right place.
    """
    ways = {way for _, way in order}
    if len(ways) == 1:
        columns = peewee.Tuple(*(field for field, _ in order))
        place = peewee.Tuple(
            *(
                peewee.Value(field.db_value(value), converter=False)
                for (field, _), value in zip(order, values, strict=True)
            )
        )
        return columns < place if ways == {"desc"} else columns > place
    first, way = order[0]
    condition = None
    for depth in range(len(order)):
        field, direction = order[depth]
        step = field < values[depth] if direction == "desc" else field > values[depth]
        for (earlier, _), value in zip(order[:depth], values, strict=False):
            step = (earlier == value) & step
        condition = step if condition is None else condition | step
    return ((first <= values[0]) if way == "desc" else (first >= values[0])) & condition


def _sealed(values: list[Any]) -> str:
    plain = [
        clock.rfc3339(value) if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
        for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def _opened(cursor: str, order: Sequence[tuple[Field, str]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if (
            not isinstance(values, list)
            or len(values) != len(order)
            or any(isinstance(value, dict | list) for value in values)
        ):
            raise ValueError("not a cursor of this list")
        return [_typed(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid(
            "The cursor is not one of this list's.",
            errors={"cursor": ["Not a cursor of this list; begin without one."]},
        ) from error


def _typed(field: Field, value: Any) -> Any:
    """The value of a cursor in its column's own type; ValueError when it is not of that type."""
    if isinstance(field, UtcDateTime):
        return clock.parse(value)
    if isinstance(field, peewee.IntegerField | peewee.BigIntegerField | peewee.BooleanField):
        if not isinstance(value, int) or abs(value) >= 2**63:
            raise ValueError("not a number")
        return value
    if isinstance(field, peewee.FloatField):
        return float(value)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("not a text")
    return value


_migrating = threading.Lock()


def migrate(database: Any, directory: Path) -> list[str]:
    """Bring the database up to date: the shared plumbing tables first, then those of the context. Names what it applied."""
    real = _real(database)
    if not is_postgres(real):
        Path(real.database).parent.mkdir(parents=True, exist_ok=True)
    with _migrating, session(real), _alone(real):
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


def pending_migrations(database: Any, directory: Path) -> list[str]:
    """Names of migrations that this code has and the database has not; empty when it is ready."""
    real = _real(database)
    runners = (Runner(real, str(PLUMBING_MIGRATIONS), table_name="plumbing_migration"), Runner(real, str(directory)))
    return [step.name for runner in runners for step in runner.status() if step.applied is None]
