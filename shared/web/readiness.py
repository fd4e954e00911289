"""Checks whether a service can do its work now. Each check runs at most once a second, and no caller waits long for
it."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.database import connection, schema_migrations
from shared.feed.changes import Feed

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
"""Seconds for which a result is used again."""

DEADLINE_SECONDS = 1.5
"""Seconds after which a check without a result counts as "not answering"."""

NOT_ANSWERING = "not answering"
PROBE_BYTES = 256 * 1024
WORDS = (
    ("locked", "locked"),
    ("full", "no space left on the disk"),
    ("no space", "no space left on the disk"),
    ("read", "read-only"),
)
"""Parts of a database's error message, and what callers are told; addresses and names stay in the log."""


class Check:
    """One check. `ask` returns why something does not work, "" when it does; it runs in its own thread, one at a time."""

    def __init__(self, name: str, ask: Callable[[], str]) -> None:
        self.name, self._ask = name, ask
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answered.set()
        self._asked_at = self._answered_at = float("-inf")
        self._reason = ""

    def begin(self) -> None:
        """Start the check, unless the last result is fresh or still awaited."""
        with self._lock:
            if not self._answered.is_set() or time.monotonic() - self._answered_at < FRESH_SECONDS:
                return
            self._answered.clear()
            self._asked_at = time.monotonic()
            threading.Thread(target=self._run, name=f"check {self.name}", daemon=True).start()

    def reason(self) -> str:
        """The result, or "not answering" when there is none within DEADLINE_SECONDS."""
        in_time = self._answered.wait(max(0.0, self._asked_at + DEADLINE_SECONDS - time.monotonic()))
        return self._reason if in_time else NOT_ANSWERING

    def _run(self) -> None:
        try:
            self._reason = self._ask()
        except Exception as error:
            log.warning("a readiness check failed", extra={"check": self.name}, exc_info=True)
            self._reason = plain_reason(error)
        finally:
            self._answered_at = time.monotonic()
            self._answered.set()


@dataclass
class Readiness:
    """All checks of a service: those it needs, and those without which it still works."""

    needed: list[Check]
    useful: list[Check] = field(default_factory=list)

    def run(self) -> tuple[bool, dict[str, str], dict[str, str]]:
        """Whether the service is ready, the state of each part, and the reasons of those that fail."""
        for check in (*self.needed, *self.useful):
            check.begin()
        reasons = {check.name: why for check in (*self.needed, *self.useful) if (why := check.reason())}
        states = {check.name: "failed" if check.name in reasons else "ok" for check in self.needed}
        ready = "failed" not in states.values()
        states |= {check.name: "degraded" if check.name in reasons else "ok" for check in self.useful}
        return ready, states, reasons


def of_service(
    feed: Feed, migrations: Path, folders: Iterable[Path], useful: Mapping[str, Callable[[], str]]
) -> Readiness:
    """The checks of a service that has the database of `feed` and writes files in `folders`."""
    return Readiness(
        [
            Check("database", lambda: database_problem(feed, migrations)),
            Check("migrations", lambda: migrations_problem(feed, migrations)),
            Check("disk", lambda: disk_problem(folders)),
        ],
        [Check(name, ask) for name, ask in useful.items()],
    )


def migrations_problem(feed: Feed, migrations: Path) -> str:
    """Why the tables are not those of this code, else ""."""
    with connection.session(feed.database):
        try:
            schema_migrations.refuse_newer(feed.database, migrations)
        except schema_migrations.NewerDatabase as error:
            return error.message
        waiting = schema_migrations.pending(feed.database, migrations)
    return f"pending: {', '.join(waiting)}" if waiting else ""


def database_problem(feed: Feed, migrations: Path) -> str:
    """Read what every request reads, and write a row as every verb does; before the migrations only connect."""
    with connection.session(feed.database):
        if not schema_migrations.pending(feed.database, migrations):
            feed.tables.state.of_all_tenants().first()
            feed.tables.row.of_all_tenants().first()
            with connection.writing(feed.database):
                feed.database.execute_sql("UPDATE readiness SET checks = 1 - checks WHERE id = 1")
    return ""


def disk_problem(folders: Iterable[Path]) -> str:
    """Why a file cannot be written in one of these folders, else ""."""
    for folder in folders:
        try:
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                if file.write(b"\0" * PROBE_BYTES) < PROBE_BYTES:
                    return "No space left on device"
        except OSError as error:
            log.warning("a file cannot be written", extra={"folder": str(folder), "error": str(error)})
            return error.strerror or "cannot be written"
    return ""


def plain_reason(error: Exception) -> str:
    """The meaning of an error, in words without addresses or secrets."""
    text = str(error).lower()
    return next((reason for sign, reason in WORDS if sign in text), NOT_ANSWERING)
