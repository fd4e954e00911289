"""The index of the local mailbox: what lists show, how often a key was sent, and which keys are closed.

Its list is walked and searched in one index alone, so that neither reads a mail.
"""

from __future__ import annotations

import base64
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from services.executor.providers import letters
from shared import clock
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.errors import Invalid

TABLES = """
CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, tenant_id TEXT NOT NULL, key TEXT NOT NULL,
    sent_at TEXT NOT NULL, message_id TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, is_invitation INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS mail_list ON mail (tenant_id, number, lower(subject || ' ' || recipients));
CREATE TABLE IF NOT EXISTS closed_key (id TEXT PRIMARY KEY, fence INTEGER NOT NULL);
"""


class IndexAway(Exception):
    """The index cannot be opened or written just now; nothing was changed."""


@dataclass(frozen=True)
class Entry:
    """A mail as lists show it; `recipients` are addresses with a comma between them."""

    id: str
    tenant_id: str
    key: str
    sent_at: str
    message_id: str
    sender: str
    recipients: str
    subject: str
    is_invitation: bool

    @classmethod
    def of(cls, message: EmailMessage) -> Entry:
        """What the mailbox's own message says of itself."""
        tenant_id, key = str(message["X-Tandem-Tenant"]), str(message["X-Tandem-Key"])
        return cls(
            id=letters.id_of(tenant_id, key),
            tenant_id=tenant_id,
            key=key,
            sent_at=clock.rfc3339(parsedate_to_datetime(str(message["Date"]))) or "",
            message_id=str(message["Message-ID"]),
            sender=message["From"].addresses[0].addr_spec,
            recipients=", ".join(one.addr_spec for one in message["To"].addresses),
            subject=str(message["Subject"]),
            is_invitation=message.get_content_type() == "multipart/alternative",
        )

    @property
    def to(self) -> list[str]:
        """Its recipients' addresses."""
        return self.recipients.split(", ")

    @property
    def outcome(self) -> dict[str, Any]:
        """What `send` returns."""
        return {"messageId": self.message_id, "mailboxId": self.id, "to": self.to, "sentAt": self.sent_at}


COLUMNS = ", ".join(field.name for field in fields(Entry))
ADDING = f"INSERT INTO mail ({COLUMNS}) VALUES ({', '.join('?' for _ in fields(Entry))})"  # noqa: S608 - our own names


class MailboxIndex:
    """One SQLite file. `transaction` holds the mailbox for one writer, of this process and of every other; what it writes is
    asked of and told to the files by whoever holds it. `files` names every mail that stands: `{id: reads its entry}`."""

    def __init__(self, path: Path, files: Callable[[], Mapping[str, Callable[[], Entry | None]]]) -> None:
        self.path = path
        self._files = files
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self, kind: str = "IMMEDIATE") -> Iterator[MailboxIndex]:
        """One transaction; what follows is asked inside it. IndexAway."""
        with self._lock:
            try:
                self._connection = index = self._connection or self._open()
                index.execute(f"BEGIN {kind}")
            except (sqlite3.Error, OSError) as error:
                raise IndexAway(f"The index of the mailbox is not to be had: {error}.") from error
            try:
                yield self
                index.execute("COMMIT")
            except BaseException:
                if index.in_transaction:
                    index.execute("ROLLBACK")
                raise

    def find(self, mail_id: str) -> Entry | None:
        """The mail with this id."""
        row = self._execute(f"SELECT {COLUMNS} FROM mail WHERE id=?", mail_id).fetchone()  # noqa: S608 - our own names
        return Entry(*row) if row else None

    def add(self, entry: Entry) -> None:
        """A mail that was sent."""
        self._execute(ADDING, *astuple(entry))

    def count_again(self, mail_id: str) -> None:
        """Its key was sent once more; that is the same mail."""
        self._execute("UPDATE mail SET times = times + 1 WHERE id=?", mail_id)

    def close(self, mail_id: str, fence: int) -> None:
        """Close the key of this mail for every lesser fence."""
        self._execute(
            "INSERT INTO closed_key (id, fence) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET fence=max(fence, excluded.fence)",
            mail_id,
            fence,
        )

    def is_closed(self, mail_id: str, fence: int) -> bool:
        """Whether somebody has asked about the key of this mail under a greater fence."""
        row = self._execute("SELECT fence FROM closed_key WHERE id=?", mail_id).fetchone()
        return bool(row) and fence < row[0]

    def listed(self, tenant_id: str, *, q: str | None, limit: int, offset: int, cursor: str | None) -> Page:
        """A tenant's mails, newest first, in a transaction of its own. Invalid when the cursor is not one of ours."""
        condition, values = "tenant_id=?", [tenant_id]
        if q:
            condition += " AND instr(lower(subject || ' ' || recipients), ?) > 0"
            values.append(q.lower())
        place = [_opened(cursor)] if cursor else []
        behind = " AND number < ?" if place else ""
        counting = f"SELECT count(*) FROM (SELECT 1 FROM mail WHERE {condition} LIMIT {COUNTED_UP_TO + 1})"  # noqa: S608
        reading = f"SELECT number, {COLUMNS} FROM mail WHERE {condition}{behind} ORDER BY number DESC LIMIT ? OFFSET ?"  # noqa: S608
        with self.transaction("DEFERRED"):
            total = self._execute(counting, *values).fetchone()[0]
            found = self._execute(reading, *values, *place, limit + 1, 0 if place else offset).fetchall()
        return Page(
            items=[Entry(*row[1:]) for row in found[:limit]],
            limit=limit,
            offset=0 if place else offset,
            total=min(total, COUNTED_UP_TO),
            total_is_exact=total <= COUNTED_UP_TO,
            next=_sealed(found[limit - 1][0]) if len(found) > limit else None,
        )

    def _execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self._connection is None:
            raise RuntimeError("the index of the mailbox is asked outside a transaction")
        return self._connection.execute(sql, values)

    def _open(self) -> sqlite3.Connection:
        """The file, made if there is none, with every mail in it that stands: a process may have died between the two."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        index = sqlite3.connect(self.path, timeout=15, isolation_level=None, check_same_thread=False)
        index.execute("PRAGMA journal_mode=WAL")
        index.execute("PRAGMA synchronous=NORMAL")
        index.executescript(TABLES)
        index.execute("BEGIN IMMEDIATE")
        known = {row[0] for row in index.execute("SELECT id FROM mail")}
        found = [read() for mail_id, read in self._files().items() if mail_id not in known]
        for entry in sorted((one for one in found if one), key=lambda one: one.sent_at):
            index.execute(ADDING, astuple(entry))
        index.execute("COMMIT")
        return index


def _sealed(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def _opened(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except ValueError:
        raise Invalid("This cursor is not one of ours.", errors={"cursor": ["Not a cursor of this list."]}) from None
