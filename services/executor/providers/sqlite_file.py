"""The SQLite file of a system that stands in for one outside: one connection a process, one transaction at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.ground.errors import Unavailable

LOCK_SECONDS = 15
"""How long a transaction waits for another process."""


class SqliteFile:
    """Opens the file when it is first needed, creating it. `tables` is SQL that makes what is missing; `on_open` completes
    it, in a transaction. `name` is what errors call it."""

    def __init__(
        self,
        name: str,
        path: Path,
        tables: str,
        on_open: Callable[[sqlite3.Connection], None],
        *,
        synchronous: str = "FULL",
    ) -> None:
        self.name, self.path = name, path
        self._tables, self._on_open, self._synchronous = tables, on_open, synchronous
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """One transaction at a time in this process, so that threads do not wait by sleeping; SQLite separates the
        processes. Unavailable when it cannot begin."""
        with self._lock:
            try:
                connection = self._connection or self._open()
                connection.execute(f"BEGIN {kind}")
            except (sqlite3.Error, OSError) as error:
                raise self.unavailable(error) from error
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def unavailable(self, error: sqlite3.Error | OSError) -> Unavailable:
        """The file cannot be opened, locked or read now; nothing was changed."""
        # The text of an OSError says where Tandem is installed.
        reason = error.strerror if isinstance(error, OSError) else error
        return Unavailable(f"{self.name} is not to be had: {reason}.")

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={self._synchronous}")
            connection.executescript(self._tables)
            connection.execute("BEGIN IMMEDIATE")
            self._on_open(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()  # or the lock would stay
            raise
        self._connection = connection
        return connection
