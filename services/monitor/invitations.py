"""Invites people: a mail with a sign-in link, which the executor is asked to send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.monitor import people, sessions
from services.monitor.models import acts, feed, outgoing_requests
from services.monitor.models import invitations as rows
from services.monitor.models import people as people_rows
from services.monitor.models.invitations import Invitation
from services.monitor.models.people import Person
from shared.ground import ids
from shared.ground.errors import Conflict, Forbidden, NotFound
from shared.ground.principal import Principal

PROCESSOR = "send-email"
PRIORITY = 1
DAYS = 7
"""How many days the link of an invitation works."""

PROFILE = "/app/profile"
"""Where the link leads: one chooses a password there, because the link works once."""


def invite(
    person_id: str, *, name: str, email: str, role: str, token: str, console_url: str, by: Principal, now: datetime
) -> Person:
    """Add a person and send them an invitation, in one transaction. Errors as in `people.add`."""
    with feed.transaction():
        person = people.add(person_id, name=name, email=email, role=role, by=by, now=now)
        _send(person, token, console_url, by, now)
    return person


def send(person_id: str, *, token: str, console_url: str, by: Principal, now: datetime) -> Person:
    """Send a person a new link; the earlier ones no longer work. NotFound; Forbidden for somebody with a higher role than
    the caller, Conflict for somebody who is deactivated."""
    with feed.transaction():
        person = people.find(by.tenant_id, person_id)
        if not by.may(person.role):
            raise Forbidden("Nobody makes a sign-in link for somebody who has more rights.")
        if not person.active:
            raise Conflict(f"{person.name} is deactivated.")
        _send(person, token, console_url, by, now)
    return person


def find(tenant_id: str, person_id: str) -> Invitation:
    """The last invitation of a person. NotFound when there is none."""
    invitation = rows.of_person(tenant_id, person_id)
    if invitation is None:
        raise NotFound("This person was not invited.")
    return invitation


def mail_of(invitation: Invitation) -> str:
    """The id of the AI task that sends the mail of an invitation."""
    return ids.named("invitation", invitation.link_id)


def address(console_url: str, token: str) -> str:
    """The address in the mail."""
    return f"{sessions.address(console_url, token)}&next={PROFILE}"


def _send(person: Person, token: str, console_url: str, by: Principal, now: datetime) -> None:
    link_id, until = sessions.hashed(token), now + timedelta(days=DAYS)
    # The row of the invitation is written first: of two people who invite at once the second waits here, and then ends the first's link.
    rows.replace(person.tenant_id, person.id, link_id=link_id, sent_at=now, expires_at=until)
    people_rows.end_links(person.tenant_id, person.id, now)
    sessions.add_link(person, token=token, until=until, now=now)
    outgoing_requests.request_ai_tasks([_mail(person, link_id, address(console_url, token), until, by, now)])
    acts.record(by, "invited person", "person", person.id, now=now, details={"email": person.email})


def _mail(person: Person, link_id: str, link: str, until: datetime, by: Principal, now: datetime) -> dict[str, Any]:
    """The request for the mail. Its id follows from the link, so that it is one mail."""
    tenant = people.tenant(person.tenant_id)
    return {
        "id": ids.named("invitation", link_id),
        "tenant_id": person.tenant_id,
        "title": f"Invitation for {person.name}",
        "processor": PROCESSOR,
        "metadata": {
            "to": [{"name": person.name, "email": person.email}],
            "subject": f"{by.name} invites you to Tandem",
            "body": (
                f"Hello {person.name},\n\n{by.name} invites you to the Tandem of {tenant.name}. This link signs you in:\n\n{link}\n\n"
                f"It works once, until {until:%-d %B %Y, %H:%M} UTC. Choose a password then, to come back by yourself."
            ),
        },
        "priority": PRIORITY,
        "subject": None,
        "source_kind": "invitation",
        "source_id": person.id,
        "retry_of": None,
        "by": by.as_json(),
        "created_at": now,
    }
