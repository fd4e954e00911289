"""Detects that a reader has read another history than the one in this database, as after an older copy was restored.

A generation begins when a process assigns its first position, or finds that positions were lost. A reader remembers the
generation that it read last. If this database does not know that generation, or knows that it ended before the reader's
position, the reader has seen changes that were written after the copy was made. (Kafka detects truncated logs in the
same way, by leader epochs: KIP-320.)
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from shared.contracts.changes import Seen
from shared.database import statements
from shared.database.connection import is_postgres, writing
from shared.ground import clock, ids

log = logging.getLogger(__name__)

NUMBERING_LOCK = 0x7A4DE402
"""Key of the PostgreSQL advisory lock under which positions are assigned."""

SKIPPED_POSITIONS = 1_000_000
"""Positions skipped at a new epoch, so that every open browser is far behind the new head and is told to reload
(live.MOST_REPLAYED)."""


class History:
    """The generations and epochs of one feed."""

    def __init__(self, database: Any, tables: SimpleNamespace) -> None:
        self.database = database
        self.tables = tables
        self._token: str | None = None
        self._last_assigned = 0

    def lock(self) -> None:
        """Lock the numbering until the transaction ends. Does nothing on SQLite, which has one writer."""
        if is_postgres(self.database):
            self.database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (NUMBERING_LOCK,))

    def ensure_generation(self, last: int) -> None:
        """Begin a generation, unless this process's own is in this database and `last` is not below the last position
        that it remembers.

        `last` is the newest position in the database. Call it under the lock, before positions are assigned.
        """
        generation = self.tables.generation
        is_recorded = (
            self._token and generation.of_all_tenants(generation.number).where(generation.token == self._token).exists()
        )
        if is_recorded and last >= self._last_assigned:
            return
        self._token = ids.new_id()
        generation.insert(token=self._token, first_position=last).execute()

    def assigned(self, last: int) -> None:
        """Remember the newest position of this database, even if another process assigned it."""
        self._last_assigned = last

    def newest(self) -> str:
        """The token of the newest generation, empty before the first. Read it after the page's rows: a token older than
        a position in the page would make its reader look diverged."""
        generation = self.tables.generation
        return generation.of_all_tenants(generation.token).order_by(generation.number.desc()).limit(1).scalar() or ""

    def began_at(self) -> datetime:
        """When this history began: when the database was made or last restored from an older copy.

        What was requested before this time may have been done although this database does not record it.
        """
        [first_version] = statements.execute(self.database, "SELECT first_version FROM feed_state", ()).fetchone()
        return datetime.fromtimestamp(first_version / 1000, UTC)

    def diverged(self, after: int, head: int, seen: Seen) -> bool:
        """Whether a reader at position `after` has read changes that are not in this database. `head` is the newest
        position here."""
        state, generation = self.tables.state, self.tables.generation
        if seen.epoch != state.of_all_tenants(state.epoch).scalar():
            return False  # the answer names another epoch, and the reader begins at 0 by itself
        if after > head:
            return True
        if seen.generation in ("", self.newest()):
            return False
        number = generation.of_all_tenants(generation.number).where(generation.token == seen.generation).scalar()
        if number is None:
            return True
        ended = (
            generation.of_all_tenants(generation.first_position)
            .where(generation.number > number)
            .order_by(generation.number)
            .limit(1)
            .scalar()
        )
        return ended is not None and after > ended

    def begin_epoch(self, after: int = 0, *, instead_of: str | None = None) -> bool:
        """Begin a new epoch, with versions above all that were published, so that every reader reads everything again
        and accepts it.

        `after` is a position that a reader has reached. Returns False when the epoch is no longer `instead_of`, because
        another process has begun one already.
        """
        state, row = self.tables.state, self.tables.row
        with writing(self.database):
            self.lock()
            if is_postgres(self.database):
                self.database.execute_sql("LOCK TABLE feed IN EXCLUSIVE MODE")
            now = state.of_all_tenants().get()
            if instead_of is not None and now.epoch != instead_of:
                return False
            highest = row.of_all_tenants(row.version).order_by(row.version.desc()).limit(1).scalar() or 0
            version = max(int(clock.now().timestamp() * 1000), highest + 2)
            row.update_of_all_tenants(version=version).execute()
            state.update_of_all_tenants(
                epoch=ids.new_id(),
                first_version=version,
                last_position=max(now.last_position, after) + SKIPPED_POSITIONS,
            ).execute()
        log.warning(
            "the feed begins a new epoch: this database is older than what readers have read of it",
            extra={"reader_at": after},
        )
        return True
