"""Invites people: a mail with a sign-in link, which the executor is asked to send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.monitor import mails, people, sessions
from services.monitor.models import acts, feed, outgoing_requests, runs
from services.monitor.models import invitations as rows
from services.monitor.models import people as people_rows
from services.monitor.models.invitations import Invitation
from services.monitor.models.people import Person
from services.monitor.models.runs import Run
from shared.ground import ids
from shared.ground.errors import Conflict, Forbidden, NotFound
from shared.ground.principal import Principal

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


def sent_to(tenant_id: str, person_ids: Sequence[str]) -> dict[str, tuple[Invitation, Run | None]]:
    """The last invitations of these people, by person, each with the run that sends its mail, once that is known."""
    sent = rows.of_people(tenant_id, person_ids)
    mails = runs.of_ids(tenant_id, [mail_of(invitation) for invitation in sent.values()])
    return {person_id: (invitation, mails.get(mail_of(invitation))) for person_id, invitation in sent.items()}


def mail_of(invitation: Invitation) -> str:
    """The id of the AI task that sends the mail of an invitation."""
    return _task_id(invitation.link_id)


def _task_id(link_id: str) -> str:
    """The id of the AI task that sends a link: it follows from the link, so that it is one mail."""
    return ids.named("invitation", link_id)


def address(console_url: str, token: str) -> str:
    """The address in the mail."""
    return f"{sessions.address(console_url, token)}&next={PROFILE}"


def _send(person: Person, token: str, console_url: str, by: Principal, now: datetime) -> None:
    link_id, until = sessions.hashed(token), now + timedelta(days=DAYS)
    before = rows.of_person(person.tenant_id, person.id)
    is_new = person.created_at == now or (before is not None and before.used_at is None)
    # The row of the invitation is written first: of two people who invite at once the second waits here, and then ends the first's link.
    rows.replace(person.tenant_id, person.id, link_id=link_id, sent_at=now, expires_at=until)
    people_rows.end_links(person.tenant_id, person.id, now)
    sessions.add_link(person, token=token, until=until, now=now)
    text = _text(person, address(console_url, token), until, by, is_new=is_new)
    title = f"Sign-in link for {person.name}"
    mail = mails.request(_task_id(link_id), person, title, text, source="invitation", priority=PRIORITY, by=by, now=now)
    outgoing_requests.request_ai_tasks([mail])
    acts.record(by, "invited person", "person", person.id, now=now, details={"email": person.email})


def _text(person: Person, link: str, until: datetime, by: Principal, *, is_new: bool) -> dict[str, str]:
    """The subject and the text of the mail; who was in already is sent a link, and not invited."""
    place = f"the Tandem of {people.tenant(person.tenant_id).name}"
    says = f"{by.name} invites you to {place}." if is_new else f"{by.name} sends you a new link to {place}."
    return {
        "subject": f"{by.name} invites you to Tandem" if is_new else "Your link to Tandem",
        "body": (
            f"Hello {person.name},\n\n{says} This link signs you in:\n\n{link}\n\n"
            f"It works once, until {until:%-d %B %Y, %H:%M} UTC. Choose a password then, to come back by yourself."
        ),
    }
