"""The interface of a mail provider, and its errors. Each provider is a module beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.ground.json_types import JsonObject


class Mailbox(NamedTuple):
    """An e-mail address and its name ("" for none)."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """An iCalendar object sent with a letter, and its METHOD: REQUEST or CANCEL."""

    method: str
    ics: str


@dataclass(frozen=True)
class Letter:
    """A mail to be sent. The sender's address is that of the installation; `from_name` is the name with it.

    `in_reply_to` is the key of an earlier mail, or a Message-ID.
    """

    to: tuple[Mailbox, ...]
    subject: str
    body: str
    from_name: str = ""
    cc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    in_reply_to: str | None = None
    invitation: Invitation | None = None


class MailRefused(Exception):
    """The letter cannot be sent as it is: a bad address, a line break in a header. Nothing was sent or will be."""


class MailNotSent(Exception):
    """Nothing was sent just now; it may work later."""


class LookUpNotAnswered(Exception):
    """The provider cannot be asked by key whether a mail was sent."""


class Mail(Protocol):
    """A mail provider. `key` and `fence` are those of the effect: sending twice with one
    key of a tenant sends one mail, and a fence below one that was looked up is refused.

    After any exception but MailRefused and MailNotSent it is unknown whether the mail was sent.
    """

    def send(self, tenant_id: str, letter: Letter, *, key: str, fence: int) -> JsonObject:
        """Send it. Returns `{messageId, mailboxId, to, sentAt}`, those of the first mail when the key was sent before.

        MailRefused, MailNotSent.
        """

    def look_up(self, tenant_id: str, key: str, fence: int) -> JsonObject | None:
        """What `send` returned for this key, or None when nothing was sent. None also promises that later sends with
        a smaller fence are refused.

        LookUpNotAnswered.
        """
