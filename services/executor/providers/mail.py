"""What the executor asks of whoever sends mail, and how they say no; each provider of mail is a module beside this
one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


class Mailbox(NamedTuple):
    """Somebody's address, with the name to it ("" for none)."""

    name: str
    email: str


@dataclass(frozen=True)
class Invitation:
    """An iCalendar object that travels with a letter, and its METHOD: REQUEST or CANCEL."""

    method: str
    ics: str


@dataclass(frozen=True)
class Letter:
    """A mail as a processor wants it sent. The address that it comes from is the installation's; `from_name` is the name to
    it. `in_reply_to` is the key of an earlier mail, or a Message-ID."""

    to: tuple[Mailbox, ...]
    subject: str
    body: str
    from_name: str = ""
    cc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    in_reply_to: str | None = None
    invitation: Invitation | None = None


class MailRefused(Exception):
    """The letter cannot be sent as it is: a bad address, a line break in a header. Nothing was sent, nor will it be."""


class MailNotSent(Exception):
    """Nothing was sent just now; it may work later."""


class LookUpNotAnswered(Exception):
    """This provider cannot be asked by key whether a mail was sent."""


class Mail(Protocol):
    """Whoever sends mail. `key` and `fence` are those of the effect: one key of a tenant is one mail, and a fence that a look-up
    has closed is refused. Whatever else is raised than MailRefused and MailNotSent leaves open whether the mail was sent."""

    def send(self, tenant_id: str, letter: Letter, *, key: str, fence: int) -> dict[str, Any]:
        """Send it; returns `{messageId, mailboxId, to, sentAt}`, the first ones where the key was sent before.
        MailRefused, MailNotSent."""

    def look_up(self, tenant_id: str, key: str, fence: int) -> dict[str, Any] | None:
        """What `send` returned for this key, or None where nothing was sent, and then nothing will be with a lesser fence.
        LookUpNotAnswered."""
