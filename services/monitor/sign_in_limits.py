"""Limits on attempts with a password: they stop a stranger, and a stranger's attempts do not lock the right person out.

An attempt is counted before the password is checked, so that parallel attempts count like successive ones. Attempts from a browser in which
the person has signed in before are counted separately; all others by network address and, with a higher limit, by e-mail.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.monitor.models import feed
from services.monitor.models import sign_ins as rows
from shared.ground.errors import TooMany

LONGEST_EMAIL = 320
WINDOW = timedelta(minutes=5)
MOST_PER_ORIGIN = 5
"""Attempts for one e-mail from one browser or network address in a WINDOW."""

MOST_PER_ADDRESS = 30
"""Attempts for all e-mails together from one network address in a WINDOW."""

MOST_OF_STRANGERS, STRANGERS_WINDOW = 100, timedelta(hours=1)
"""Attempts for one e-mail from all network addresses together in a STRANGERS_WINDOW."""


@dataclass(frozen=True)
class Attempt:
    """One attempt with a password: for whom, and from where."""

    id: str
    email: str
    tenant_id: str
    origin: str

    @property
    def is_known(self) -> bool:
        """Whether it comes from a browser with which this person has signed in before."""
        return self.origin.startswith(rows.DEVICE)


def attempt(attempt_id: str, email: str, tenant_id: str, person_id: str | None, address: str, device: str) -> Attempt:
    """An attempt from the network address, or from the browser whose hashed cookie is `device` if the person is known to use it."""
    is_known = person_id is not None and rows.is_known(device, tenant_id, person_id)
    origin = rows.DEVICE + device if is_known else rows.ADDRESS + network(address)
    return Attempt(attempt_id, email[:LONGEST_EMAIL], tenant_id, origin)


def network(address: str) -> str:
    """The network address by which attempts are counted: for IPv6 its /64 network, because one customer has all
    addresses in it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def count(tried: Attempt, now: datetime) -> None:
    """Count an attempt before it is checked. TooMany, with the seconds to wait, when it exceeds a limit; it is not
    counted then."""
    with feed.transaction():
        rows.count_alone()
        for attempts, most, within in _limits(tried):
            free_at = rows.free_at(attempts, most, within, now)
            if free_at is not None:
                raise TooMany(
                    "Too many wrong passwords. Wait a while, or ask for a sign-in link.",
                    retry_after=max(1, round((free_at - now).total_seconds())),
                )
        rows.add_attempt(tried.id, tried.tenant_id, tried.email, tried.origin, now)


def forget(tried: Attempt) -> None:
    """Forget the earlier attempts for this e-mail from this origin, because the password was right. Call it inside a
    transaction."""
    rows.forget_attempts(tried.email, tried.origin)


def _limits(tried: Attempt) -> list[tuple[Any, int, timedelta]]:
    own = (rows.of_email_and_origin(tried.email, tried.origin), MOST_PER_ORIGIN, WINDOW)
    if tried.is_known:
        return [own]
    return [
        own,
        (rows.of_origin(tried.origin), MOST_PER_ADDRESS, WINDOW),
        (rows.of_strangers(tried.email), MOST_OF_STRANGERS, STRANGERS_WINDOW),
    ]
