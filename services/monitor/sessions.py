"""How people are let in and kept in: links that work once, passwords, and sessions that can be revoked.

Tokens come from the door (chance is an argument there) and are kept here only as hashes.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.security import check_password_hash, generate_password_hash

from services.monitor import people
from services.monitor.models import acts, feed
from services.monitor.models import people as rows
from services.monitor.models.people import Person, Session, SignInAttempt, SignInLink
from shared.acts import By
from shared.errors import Invalid, Stale, TooMany, Unauthenticated

SESSION_HOURS = 12
"""A session ends when nothing was asked with it for so long."""

LINK_HOURS = 24
TRIES = 5
TRY_MINUTES = 15
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
SCRYPT = "scrypt:131072:8:1"

_PROLONGED_EVERY = timedelta(minutes=15)
_NOBODYS_HASH = f"{SCRYPT}$0000000000000000${'0' * 128}"
_one_hash_at_a_time = threading.Lock()
"""One check of a password takes 128 MB and a third of a second; many at once would be an attack that works."""


@dataclass(frozen=True)
class SignedIn:
    """Somebody with an open session."""

    by: By
    person: Person
    session_id: str


def hashed(token: str) -> str:
    """What is kept of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor(person: Person, request_id: str = "") -> By:
    """A person as the one who acts."""
    return By("person", person.id, person.name, person.tenant_id, request_id, frozenset({person.role}))


def address(console_url: str, link_token: str) -> str:
    """Where a sign-in link leads."""
    return f"{console_url.rstrip('/')}/sign-in?link={link_token}"


def make_link(email: str, *, token: str, by: By, now: datetime) -> Person:
    """Let the person with this e-mail sign in once with `token`, within LINK_HOURS. NotFound, or Invalid when they are not active."""
    person = rows.person_by_email(people.folded(email))
    person = people.find(by.tenant_id, person.id if person else "")
    if not person.active:
        raise Invalid("This person is not active.")
    with feed.transaction():
        SignInLink(
            id=hashed(token),
            tenant_id=person.tenant_id,
            person_id=person.id,
            created_at=now,
            expires_at=now + timedelta(hours=LINK_HOURS),
        ).save(force_insert=True)
        acts.record(by.within(person.tenant_id), "made sign-in link", "person", person.id, now=now)
    return person


def by_link(link_token: str, *, token: str, now: datetime, request_id: str = "") -> By:
    """Open a session, known by `token` from now on, with a link. Unauthenticated when it was used, is over, or is none."""
    link = rows.link(hashed(link_token))
    person = rows.person(link.tenant_id, link.person_id) if link else None
    with feed.transaction():
        if person is None or not person.active or not rows.use_link(link.id, now):
            raise Unauthenticated("This link was used already, or is over. Ask for a new one.")
        return _open(person, token, now, request_id, "link")


def by_password(email: str, password: str, *, token: str, try_id: str, now: datetime, request_id: str = "") -> By:
    """Open a session with a password. Unauthenticated when it is wrong, TooMany after TRIES wrong ones in TRY_MINUTES.

    An e-mail that nobody has takes the same time and gets the same answer.
    """
    email = people.folded(email)
    if rows.wrong_tries(email, now - timedelta(minutes=TRY_MINUTES)) >= TRIES:
        raise TooMany(
            "Too many wrong passwords. Wait a while, or ask for a sign-in link.", retry_after=TRY_MINUTES * 60
        )
    person = rows.person_by_email(email)
    kept = person.password_hash if person and person.active else None
    right = _is_right(kept or _NOBODYS_HASH, password)
    if person is None or kept is None or not right:
        with feed.transaction():
            SignInAttempt(id=try_id, tenant_id=person.tenant_id if person else "", email=email, at=now).save(
                force_insert=True
            )
        raise Unauthenticated("The e-mail or the password is wrong.")
    with feed.transaction():
        rows.forget_tries(email)
        return _open(person, token, now, request_id, "password")


def set_password(person_id: str, password: str, *, by: By, now: datetime) -> None:
    """Give a person a password. Invalid when it is too short or too long; other sessions of theirs end."""
    person = people.find(by.tenant_id, person_id)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "Choose another password.", errors={"password": [f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."]}
        )
    with _one_hash_at_a_time:
        kept = generate_password_hash(password, SCRYPT)
    with feed.transaction():
        if not rows.change(person, password_hash=kept):
            raise Stale("This person has changed meanwhile. Try again.")
        rows.revoke_sessions(now, person_id=person.id)
        acts.record(by, "set password", "person", person.id, now=now)


def who(token: str | None, now: datetime, request_id: str = "") -> SignedIn | None:
    """Who has the session of this token; None when it is over, revoked or none. Asking prolongs it."""
    found = rows.open_session(hashed(token), now) if token else None
    if found is None:
        return None
    session, person = found
    until = now + timedelta(hours=SESSION_HOURS)
    if until - session.expires_at > _PROLONGED_EVERY:
        with feed.transaction():
            rows.prolong(session, until)
    return SignedIn(actor(person, request_id), person, session.id)


def sign_out(token: str, *, now: datetime) -> None:
    """End the session of this token."""
    found = rows.open_session(hashed(token), now)
    if found:
        with feed.transaction():
            rows.revoke_sessions(now, session_id=found[0].id)
            acts.record(actor(found[1]), "signed out", "person", found[1].id, now=now)


def tidy(now: datetime) -> int:
    """Delete sessions, links and tries that ended a day ago; how many."""
    with feed.transaction():
        return rows.forget_what_is_over(now - timedelta(days=1))


def _is_right(kept: str, password: str) -> bool:
    with _one_hash_at_a_time:
        return len(password) <= LONGEST_PASSWORD and check_password_hash(kept, password)


def _open(person: Person, token: str, now: datetime, request_id: str, way: str) -> By:
    by = actor(person, request_id)
    Session(
        id=hashed(token),
        tenant_id=person.tenant_id,
        person_id=person.id,
        created_at=now,
        expires_at=now + timedelta(hours=SESSION_HOURS),
    ).save(force_insert=True)
    acts.record(by, "signed in", "person", person.id, now=now, details={"with": way})
    return by
