"""The index of the local mailbox: its list, how often a key was sent, and which keys are closed.

The list and its search walk one database index, and read no mail file.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from services.executor.providers import letters
from services.executor.providers.sqlite_file import SqliteFile
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.ground import clock
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

TABLES = """
CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, tenant_id TEXT NOT NULL, key TEXT NOT NULL,
    sent_at TEXT NOT NULL, message_id TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, is_invitation INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS mail_list ON mail (tenant_id, number, lower(subject || ' ' || recipients));
CREATE TABLE IF NOT EXISTS closed_key (id TEXT PRIMARY KEY, fence INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Entry:
    """A mail as lists show it; `recipients` are addresses separated by commas."""

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
        """The entry of a message of this mailbox."""
        tenant_id, key = str(message["X-Tandem-Tenant"]), str(message["X-Tandem-Key"])
        return cls(
            id=letters.id_of(tenant_id, key),
            tenant_id=tenant_id,
            key=key,
            sent_at=clock.rfc3339(parsedate_to_datetime(str(message["Date"]))) or "",
            message_id=str(message["Message-ID"]),
            sender=message["From"].addresses[0].addr_spec,
            recipients=", ".join(recipient.addr_spec for recipient in message["To"].addresses),
            subject=str(message["Subject"]),
            is_invitation=message.get_content_type() == "multipart/alternative",
        )

    @property
    def to(self) -> list[str]:
        """Its recipients' addresses."""
        return self.recipients.split(", ")

    @property
    def outcome(self) -> JsonObject:
        """What `send` returns."""
        return {"messageId": self.message_id, "mailboxId": self.id, "to": self.to, "sentAt": self.sent_at}


COLUMNS = ", ".join(field.name for field in fields(Entry))
INSERT_MAIL = f"INSERT INTO mail ({COLUMNS}) VALUES ({', '.join('?' for _ in fields(Entry))})"  # noqa: S608 - our own names


class MailboxIndex:
    """One SQLite file. `transaction` locks the mailbox for one writer, over all processes.

    The holder of the lock also reads and writes the mail files. `files` returns every mail file: `{id: a function that
    reads its entry}`.
    """

    def __init__(self, path: Path, files: Callable[[], Mapping[str, Callable[[], Entry | None]]]) -> None:
        self._files = files
        self._file = SqliteFile("The index of the mailbox", path, TABLES, self._add_missing, synchronous="NORMAL")
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[MailboxIndex]:
        """One transaction, which the other methods but `page` need. Unavailable when it cannot begin."""
        with self._transaction("IMMEDIATE"):
            yield self

    @contextmanager
    def reading(self) -> Iterator[MailboxIndex]:
        """One transaction that only reads. Unavailable when it cannot."""
        try:
            with self._transaction("DEFERRED"):
                yield self
        except sqlite3.Error as error:
            raise self._file.unavailable(error) from error

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[None]:
        with self._file.transaction(kind) as connection:
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None

    def find(self, mail_id: str) -> Entry | None:
        """The mail with this id, or None."""
        row = self._execute(f"SELECT {COLUMNS} FROM mail WHERE id=?", mail_id).fetchone()  # noqa: S608 - our own names
        return Entry(*row) if row else None

    def add(self, entry: Entry) -> None:
        """Add a mail that was sent."""
        self._execute(INSERT_MAIL, *astuple(entry))

    def count_again(self, mail_id: str) -> None:
        """Count that the key was sent again; it is the same mail."""
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
        """Whether a sender with this fence is too late, because the key was looked up under a greater one."""
        row = self._execute("SELECT fence FROM closed_key WHERE id=?", mail_id).fetchone()
        return bool(row) and fence < row[0]

    def page(self, tenant_id: str, *, q: str | None, limit: int, offset: int, cursor: str | None) -> Page:
        """A page of a tenant's mails, newest first, in its own transaction. Invalid for a cursor that is not of this
        list; Unavailable."""
        condition, values = "tenant_id=?", [tenant_id]
        if q:
            condition += " AND instr(lower(subject || ' ' || recipients), ?) > 0"
            values.append(q.lower())
        place = [_decode_cursor(cursor)] if cursor else []
        behind = " AND number < ?" if place else ""
        counting = f"SELECT count(*) FROM (SELECT 1 FROM mail WHERE {condition} LIMIT {COUNTED_UP_TO + 1})"  # noqa: S608
        reading = f"SELECT number, {COLUMNS} FROM mail WHERE {condition}{behind} ORDER BY number DESC LIMIT ? OFFSET ?"  # noqa: S608
        with self.reading():
            total = self._execute(counting, *values).fetchone()[0]
            rows = self._execute(reading, *values, *place, limit + 1, 0 if place else offset).fetchall()
        return Page(
            items=[Entry(*row[1:]) for row in rows[:limit]],
            limit=limit,
            offset=0 if place else offset,
            total=min(total, COUNTED_UP_TO),
            total_is_exact=total <= COUNTED_UP_TO,
            next=_encode_cursor(rows[limit - 1][0]) if len(rows) > limit else None,
        )

    def _execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self._connection is None:
            raise RuntimeError("the index of the mailbox is asked outside a transaction")
        return self._connection.execute(sql, values)

    def _add_missing(self, index: sqlite3.Connection) -> None:
        """Add the mails that are missing: a process may have died between file and index."""
        indexed = {row[0] for row in index.execute("SELECT id FROM mail")}
        entries = [read() for mail_id, read in self._files().items() if mail_id not in indexed]
        for entry in sorted((entry for entry in entries if entry), key=lambda entry: entry.sent_at):
            index.execute(INSERT_MAIL, astuple(entry))


def _encode_cursor(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def _decode_cursor(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except ValueError:
        raise Invalid("This cursor is not one of ours.", errors={"cursor": ["Not a cursor of this list."]}) from None
