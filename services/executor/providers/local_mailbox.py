"""Mail as `.eml` files, in a folder for each tenant; it stands in for a mail server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from services.executor import fault_injection
from services.executor.providers import letters
from services.executor.providers.mail import Letter, LookUpNotAnswered, MailNotSent
from services.executor.providers.mailbox_index import Entry, MailboxIndex
from shared.contracts.paging import Page
from shared.ground.errors import Unavailable
from shared.ground.json_types import JsonObject

DRAFT = ".draft"
"""Suffix of a file until it is complete. A file whose writer was killed keeps it, and was not sent."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class SentMail:
    """A mail that was sent: its entry in the index, and the message in its file."""

    entry: Entry
    message: EmailMessage

    @property
    def contents(self) -> JsonObject:
        """`{headers: [{name, value}], text, ics, attachments: [{name, media_type}]}`, all of it plain text."""
        parts = [part for part in self.message.walk() if not part.is_multipart()]
        body = self.message.get_body(("plain",))
        calendar = next((part for part in parts if part.get_content_type() == "text/calendar"), None)
        return {
            "headers": [{"name": name, "value": str(value)} for name, value in self.message.items()],
            "text": _text_of(body),
            "ics": _text_of(calendar) if calendar else None,
            "attachments": [
                {"name": part.get_filename() or "without a name", "media_type": part.get_content_type()}
                for part in self.message.iter_attachments()
            ],
        }


class LocalMailbox:
    """See `Mail`. A mail is sent when its file has its final name, which follows from its key; writing a key again is
    the same mail.

    The index beside the files serves lists, counts and closed keys; mails that it lacks are added from the files.
    """

    def __init__(
        self, folder: Path, *, sender: str, read_clock: Callable[[], datetime], answers_lookups: bool = True
    ) -> None:
        self.folder = folder
        self.sender = sender
        self.read_clock = read_clock
        self.answers_lookups = answers_lookups
        self._index = MailboxIndex(folder / "index.sqlite3", self._files)

    def send(self, tenant_id: str, letter: Letter, *, key: str, fence: int) -> JsonObject:
        """See `Mail`."""
        now = self.read_clock()
        message = letters.compose(letter, tenant_id=tenant_id, key=key, sender=self.sender, now=now)
        message["X-Tandem-Tenant"], message["X-Tandem-Key"] = tenant_id, key
        entry, content = Entry.of(message), bytes(message)
        path = self._path(tenant_id, entry.id)
        try:
            with self._index.transaction() as index:
                if index.is_closed(entry.id, fence):
                    raise MailNotSent("A later sender has asked about this key; this came too late and sent nothing.")
                earlier = index.find(entry.id) or self._adopt(path)
                if earlier:
                    index.count_again(entry.id)
                    return earlier.outcome
                _write(path, content)
                fault_injection.reached("after-outside-change")
                index.add(entry)
        except Unavailable as error:
            raise MailNotSent(str(error)) from error
        return entry.outcome

    def look_up(self, tenant_id: str, key: str, fence: int) -> JsonObject | None:
        """See `Mail`. It closes the key for every lesser fence, so that a late sender is refused."""
        if not self.answers_lookups:
            raise LookUpNotAnswered("the local mailbox does not answer look-ups (TANDEM_MAIL_ANSWERS_LOOKUPS is off)")
        mail_id = letters.id_of(tenant_id, key)
        with self._index.transaction() as index:
            index.close(mail_id, fence)
            earlier = index.find(mail_id) or self._adopt(self._path(tenant_id, mail_id))
        return earlier.outcome if earlier else None

    def page(self, tenant_id: str, *, q: str | None, limit: int, offset: int, cursor: str | None) -> Page:
        """A page of a tenant's mails as Entry rows, newest first; `q` is a part of a subject or address. Invalid for a
        bad cursor; Unavailable."""
        return self._index.page(tenant_id, q=q, limit=limit, offset=offset, cursor=cursor)

    def get_or_none(self, tenant_id: str, mail_id: str) -> SentMail | None:
        """One mail, or None: also for another tenant's, and when its file has been removed. Unavailable."""
        with self._index.reading() as index:
            entry = index.find(mail_id)
        if entry is None or entry.tenant_id != tenant_id:
            return None
        message = _read(self._path(tenant_id, mail_id))
        return SentMail(entry, message) if message else None

    def _adopt(self, path: Path) -> Entry | None:
        """Add a mail to the index whose sender died between writing the file and the index. Call it inside a
        transaction of the index."""
        message = _read(path)
        if message is None:
            return None
        entry = Entry.of(message)
        self._index.add(entry)
        return entry

    def _files(self) -> dict[str, Callable[[], Entry | None]]:
        """Every mail file in the folder by its id, with a function that reads its entry."""

        def reading(path: Path) -> Callable[[], Entry | None]:
            def read() -> Entry | None:
                message = _read(path)
                entry = Entry.of(message) if message and message["X-Tandem-Key"] else None
                return entry if entry and entry.id == path.stem else None

            return read

        return {path.stem: reading(path) for path in self.folder.glob("*/*.eml")}

    def _path(self, tenant_id: str, mail_id: str) -> Path:
        name = tenant_id if PLAIN_NAME.fullmatch(tenant_id) else letters.id_of(tenant_id, "")
        return self.folder / name / f"{mail_id}.eml"


def _write(path: Path, content: bytes) -> None:
    """Write all of the file or nothing, and flush it to disk. MailNotSent when it cannot be written."""
    draft = path.with_suffix(DRAFT)
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _flush(path.parent.parent)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise MailNotSent(f"The mailbox cannot be written: {error.strerror or error}.") from error
    _flush(path.parent)


def _flush(folder: Path) -> None:
    """Flush a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text_of(part: Any) -> str:
    return part.get_content().replace("\r\n", "\n") if part else ""


def _read(path: Path) -> EmailMessage | None:
    try:
        return message_from_bytes(path.read_bytes(), policy=SMTP)  # type: ignore[return-value]
    except (FileNotFoundError, NotADirectoryError):
        return None
