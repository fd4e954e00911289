"""A letter as the message that goes over the wire: real headers, one Message-ID a key, and no header that breaks."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from marshmallow import ValidationError, validate

from services.executor.providers.mail import Letter, Mailbox, MailRefused

IS_ADDRESS = validate.Email()
"""The same word on an address as at every door: marshmallow's. The standard library's own parser takes much that no server does,
and composes the rest."""

UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no header may hold: line breaks of every kind, other control characters, and halves of characters."""

MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def is_address(text: str) -> bool:
    """Whether mail can be addressed so: `name@domain`, nothing around it, and a name that every server knows to write."""
    if UNFIT.search(text) or not text.rpartition("@")[0].isascii():
        return False
    try:
        IS_ADDRESS(text)
        _address(Mailbox("", text))
    except (ValidationError, ValueError, MessageError):
        return False
    return True


def is_line(text: str) -> bool:
    """Whether a header can hold this text."""
    return not UNFIT.search(text)


def id_of(tenant_id: str, key: str) -> str:
    """The id of the mail with this key: the same for every attempt, and no way back to the key."""
    return hashlib.sha256(f"{tenant_id}\0{key}".encode()).hexdigest()[:32]


def message_id(tenant_id: str, key: str, sender: str) -> str:
    """The Message-ID of the mail with this key from this address."""
    return f"<{id_of(tenant_id, key)}@{_address(Mailbox('', sender)).domain}>"


def compose(letter: Letter, *, tenant_id: str, key: str, sender: str, now: datetime) -> EmailMessage:
    """The whole message, from the address `sender`. MailRefused for what no mail can be."""
    if not letter.to:
        raise MailRefused("It has no recipient.")
    message = EmailMessage(policy=SMTP)
    try:
        message["Message-ID"] = message_id(tenant_id, key, sender)
        message["Date"] = format_datetime(now)
        message["From"] = _checked(Mailbox(letter.from_name or "Tandem", sender))
        message["To"] = [_checked(one) for one in letter.to]
        if letter.cc:
            message["Cc"] = [_checked(one) for one in letter.cc]
        if letter.reply_to:
            message["Reply-To"] = _checked(letter.reply_to)
        if letter.in_reply_to:
            earlier = letter.in_reply_to
            known = earlier if MESSAGE_ID.fullmatch(earlier) else message_id(tenant_id, earlier, sender)
            message["In-Reply-To"] = message["References"] = known
        message["Subject"] = _line(letter.subject, "subject")
        message.set_content(letter.body, cte="quoted-printable")
        if letter.invitation:
            _add_invitation(message, letter.invitation.ics, letter.invitation.method)
    except (ValueError, MessageError) as error:
        raise MailRefused(f"No mail can be made of it: {error}") from error
    return message


def _add_invitation(message: EmailMessage, ics: str, method: str) -> None:
    """As another form of the text: this is where calendars look for what they can answer."""
    message.add_alternative(ics, subtype="calendar", charset="utf-8", cte="quoted-printable", params={"method": method})


def _checked(one: Mailbox) -> Address:
    if not is_address(one.email):
        raise MailRefused(f"{one.email!r} is no e-mail address.")
    _line(one.name, "name")
    return _address(one)


def _address(one: Mailbox) -> Address:
    """With its domain as the wire wants it. ValueError for what is none."""
    user, _, domain = one.email.rpartition("@")
    return Address(one.name, addr_spec=f"{user}@{domain.encode('idna').decode()}")


def _line(text: str, what: str) -> str:
    if not is_line(text):
        raise MailRefused(f"The {what} breaks its line, or holds a character that no header can.")
    return text
