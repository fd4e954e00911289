"""Mail as `.eml` files in a folder a tenant: it stands in for the mail server outside until there is one."""

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

from services.executor import faults
from services.executor.providers import letters
from services.executor.providers.mail import Letter, LookUpNotAnswered, MailNotSent
from services.executor.providers.mailbox_index import Entry, IndexAway, MailboxIndex
from shared.contracts.paging import Page

DRAFT = ".draft"
"""What a file is called until it stands; one whose writer was killed stays so, and was not sent."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Kept:
    """A mail that was sent, whole: its entry, and the message that its file holds."""

    entry: Entry
    message: EmailMessage

    @property
    def contents(self) -> dict[str, Any]:
        """What a person reads: `{headers: [{name, value}], text, ics, attachments: [{name, media_type}]}`, all of it plain text."""
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
    """See `Mail`. A mail is sent when its file stands under its own name, which is made of its key: the second write of a key is
    the same mail. The index beside the files is for lists, for counting and for closing keys; it is made again from them."""

    def __init__(
        self, folder: Path, *, sender: str, tell_time: Callable[[], datetime], answers_lookups: bool = True
    ) -> None:
        self.folder = folder
        self.sender = sender
        self.tell_time = tell_time
        self.answers_lookups = answers_lookups
        self._index = MailboxIndex(folder / "index.sqlite3", self._files)

    def send(self, tenant_id: str, letter: Letter, *, key: str, fence: int) -> dict[str, Any]:
        """See `Mail`."""
        now = self.tell_time()
        message = letters.compose(letter, tenant_id=tenant_id, key=key, sender=self.sender, now=now)
        message["X-Tandem-Tenant"], message["X-Tandem-Key"] = tenant_id, key
        entry, content = Entry.of(message), bytes(message)
        path = self._path(tenant_id, entry.id)
        try:
            with self._index.transaction() as index:
                if index.is_closed(entry.id, fence):
                    raise MailNotSent("A later sender has asked about this key; this came too late and sent nothing.")
                known = index.find(entry.id) or self._adopt(path)
                if known:
                    index.count_again(entry.id)
                    return known.outcome
                _write(path, content)
                faults.reached("after-outside-change")
                index.add(entry)
        except IndexAway as error:
            raise MailNotSent(str(error)) from error
        return entry.outcome

    def look_up(self, tenant_id: str, key: str, fence: int) -> dict[str, Any] | None:
        """See `Mail`. The asking closes the key for every lesser fence: a sender that wakes up late finds it shut."""
        if not self.answers_lookups:
            raise LookUpNotAnswered("the local mailbox does not answer look-ups (TANDEM_MAIL_ANSWERS_LOOKUPS is off)")
        mail_id = letters.id_of(tenant_id, key)
        with self._index.transaction() as index:
            index.close(mail_id, fence)
            known = index.find(mail_id) or self._adopt(self._path(tenant_id, mail_id))
        return known.outcome if known else None

    def listed(self, tenant_id: str, *, q: str | None, limit: int, offset: int, cursor: str | None) -> Page:
        """A tenant's mails as Entry rows, newest first; `q` is a part of a subject or of an address. Invalid for a bad cursor."""
        return self._index.listed(tenant_id, q=q, limit=limit, offset=offset, cursor=cursor)

    def kept(self, tenant_id: str, mail_id: str) -> Kept | None:
        """One mail, or None: of another tenant too, and where somebody has removed its file."""
        with self._index.transaction("DEFERRED") as index:
            entry = index.find(mail_id)
        if entry is None or entry.tenant_id != tenant_id:
            return None
        message = _read(self._path(tenant_id, mail_id))
        return Kept(entry, message) if message else None

    def _adopt(self, path: Path) -> Entry | None:
        """The mail whose file stands although its sender died before it wrote the index. Inside a transaction of it."""
        message = _read(path)
        if message is None:
            return None
        entry = Entry.of(message)
        self._index.add(entry)
        return entry

    def _files(self) -> dict[str, Callable[[], Entry | None]]:
        """Every file of a mail in the folder by its id, to be read where the index does not know it."""

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
    """All of it or nothing, and still there after the machine lost power. MailNotSent while the file does not stand."""
    draft = path.with_suffix(DRAFT)
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _settle(path.parent.parent)
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise MailNotSent(f"The mailbox cannot be written: {error.strerror or error}.") from error
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Have the disk know what stands in this folder."""
    known = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(known)
    finally:
        os.close(known)


def _text_of(part: Any) -> str:
    return part.get_content().replace("\r\n", "\n") if part else ""


def _read(path: Path) -> EmailMessage | None:
    try:
        return message_from_bytes(path.read_bytes(), policy=SMTP)  # type: ignore[return-value]
    except (FileNotFoundError, NotADirectoryError):
        return None
