"""Composes a letter as the message that is sent: valid headers, and one Message-ID for each key."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.executor.providers.mail import Letter, Mailbox, MailRefused
from shared.contracts.email_addresses import header_address, is_address, is_header_text

MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def id_of(tenant_id: str, key: str) -> str:
    """The id of the mail with this key: the same for every attempt, and the key cannot be derived from it."""
    return hashlib.sha256(f"{tenant_id}\0{key}".encode()).hexdigest()[:32]


def message_id(tenant_id: str, key: str, sender: str) -> str:
    """The Message-ID of the mail with this key from this address."""
    return f"<{id_of(tenant_id, key)}@{header_address('', sender).domain}>"


def compose(letter: Letter, *, tenant_id: str, key: str, sender: str, now: datetime) -> EmailMessage:
    """The whole message, from the address `sender`. MailRefused when no mail can be made of it."""
    if not letter.to:
        raise MailRefused("It has no recipient.")
    message = EmailMessage(policy=SMTP)
    try:
        message["Message-ID"] = message_id(tenant_id, key, sender)
        message["Date"] = format_datetime(now)
        message["From"] = _checked(Mailbox(letter.from_name or "Tandem", sender))
        message["To"] = [_checked(mailbox) for mailbox in letter.to]
        if letter.cc:
            message["Cc"] = [_checked(mailbox) for mailbox in letter.cc]
        if letter.reply_to:
            message["Reply-To"] = _checked(letter.reply_to)
        if letter.in_reply_to:
            earlier = letter.in_reply_to
            reference = earlier if MESSAGE_ID.fullmatch(earlier) else message_id(tenant_id, earlier, sender)
            message["In-Reply-To"] = message["References"] = reference
        message["Subject"] = _line(letter.subject, "subject")
        message.set_content(letter.body, cte="quoted-printable")
        if letter.invitation:
            _add_invitation(message, letter.invitation.ics, letter.invitation.method)
    except (ValueError, MessageError) as error:
        raise MailRefused(f"No mail can be made of it: {error}") from error
    return message


def _add_invitation(message: EmailMessage, ics: str, method: str) -> None:
    """Add it as an alternative of the text, which is where calendars look for invitations."""
    message.add_alternative(ics, subtype="calendar", charset="utf-8", cte="quoted-printable", params={"method": method})


def _checked(mailbox: Mailbox) -> Address:
    if not is_address(mailbox.email):
        raise MailRefused(f"{mailbox.email!r} is no e-mail address.")
    _line(mailbox.name, "name")
    return header_address(mailbox.name, mailbox.email)


def _line(text: str, what: str) -> str:
    if not is_header_text(text):
        raise MailRefused(f"The {what} breaks its line, or holds a character that no header can.")
    return text
