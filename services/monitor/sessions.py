"""Sign-in: links that work once, passwords, and sessions that can be revoked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.security import check_password_hash, generate_password_hash

from services.monitor import people, sign_in_limits
from services.monitor.models import acts, feed, invitations, sign_ins
from services.monitor.models import people as rows
from services.monitor.models.people import Person, Session, SignInLink
from services.monitor.password_checks import checks
from shared.ground.errors import Invalid, Unauthenticated
from shared.ground.principal import Principal

SESSION_HOURS = 12
"""A session ends when it has not been used for so many hours."""

LINK_HOURS = 24
DEVICE_DAYS = 180
"""How many days a browser is remembered after the last sign-in with it."""

NO_LINK = "This link was used already, or is over. Ask for a new one."
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
SCRYPT = "scrypt:131072:8:1"

_PROLONGED_EVERY = timedelta(minutes=15)
_NOBODYS_HASH = f"{SCRYPT}$0000000000000000${'0' * 128}"


@dataclass(frozen=True)
class SignedIn:
    """A person with an open session."""

    by: Principal
    person: Person
    session_id: str


def hashed(token: str) -> str:
    """The stored hash of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor(person: Person, request_id: str = "") -> Principal:
    """The principal of a person."""
    return Principal("person", person.id, person.name, person.tenant_id, request_id, frozenset({person.role}))


def address(console_url: str, link_token: str) -> str:
    """The address of a sign-in link."""
    return f"{console_url.rstrip('/')}/sign-in?link={link_token}"


def make_link(email: str, *, token: str, by: Principal, now: datetime) -> Person:
    """Let the person with this e-mail sign in once with `token`, within LINK_HOURS. NotFound, or Invalid when they are not active."""
    person = rows.person_by_email(people.folded(email))
    person = people.find(by.tenant_id, person.id if person else "")
    if not person.active:
        raise Invalid("This person is not active.")
    with feed.transaction():
        add_link(person, token=token, until=now + timedelta(hours=LINK_HOURS), now=now)
        acts.record(by.within(person.tenant_id), "made sign-in link", "person", person.id, now=now)
    return person


def add_link(person: Person, *, token: str, until: datetime, now: datetime) -> None:
    """Write a link that signs this person in once, until then. Call it inside a transaction."""
    SignInLink(
        id=hashed(token), tenant_id=person.tenant_id, person_id=person.id, created_at=now, expires_at=until
    ).save(force_insert=True)


def sign_in_with_link(
    link_token: str, *, token: str, now: datetime, request_id: str = "", device: str | None = None
) -> Principal:
    """Open a session with the token `token`, by a link. Unauthenticated when the link was used, has expired or does not
    exist, or its person is not active.

    `device` is the token by which the browser is remembered.
    """
    link = rows.link(hashed(link_token))
    person = rows.person(link.tenant_id, link.person_id) if link else None
    if link is None or person is None or not person.active:
        raise Unauthenticated(NO_LINK)
    with feed.transaction():
        if not rows.use_link(link, now):
            raise Unauthenticated(NO_LINK)
        invitations.note_use(link, now)
        return _open(person, token, now, request_id, "link", device)


def sign_in_with_password(
    email: str,
    password: str,
    *,
    token: str,
    try_id: str,
    now: datetime,
    request_id: str = "",
    address: str = "",
    device: str | None = None,
) -> Principal:
    """Open a session with a password. Unauthenticated when it is wrong or the person is not active, TooMany when too
    many are tried (sign_in_limits), and Unavailable when too many wait to be checked.

    An e-mail that nobody has takes the same time and gets the same answer. `address` is the network address, `device`
    the token by which the browser is or will be remembered.
    """
    email = people.folded(email)
    person = rows.person_by_email(email)
    kept = person.password_hash if person and person.active else None
    tenant_id, person_id = (person.tenant_id, person.id) if person else ("", None)
    tried = sign_in_limits.attempt(try_id, email, tenant_id, person_id, address, hashed(device or ""))
    with checks.place(is_known=tried.is_known):
        sign_in_limits.count(tried, now)
        right = _is_right(kept or _NOBODYS_HASH, password)
    if person is None or kept is None or not right:
        raise Unauthenticated("The e-mail or the password is wrong.")
    with feed.transaction():
        sign_in_limits.forget(tried)
        return _open(person, token, now, request_id, "password", device)


def set_password(person_id: str, password: str, *, by: Principal, now: datetime) -> None:
    """Set a person's password, end all their sessions and forget their browsers. NotFound; Invalid when it is too short
    or too long, Unavailable when too many wait to be hashed, Stale when the person was changed meanwhile."""
    person = people.find(by.tenant_id, person_id)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "Choose another password.", errors={"password": [f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."]}
        )
    with checks.place(is_known=True), checks.turn():
        kept = generate_password_hash(password, SCRYPT)
    with feed.transaction():
        people.write(person, password_hash=kept)
        rows.revoke_sessions(person.tenant_id, now, person_id=person.id)
        sign_ins.forget_devices(person.tenant_id, person.id)
        acts.record(by, "set password", "person", person.id, now=now)


def change_password(
    present: str, password: str, *, try_id: str, address: str = "", by: Principal, now: datetime
) -> None:
    """Set the caller's own password; who has one must give it. Errors as in `set_password`; Invalid when the present one
    is wrong, TooMany when too many are tried (sign_in_limits)."""
    person = people.find(by.tenant_id, by.id)
    if person.password_hash is not None:
        tried = sign_in_limits.attempt(try_id, person.email, person.tenant_id, person.id, address, "")
        with checks.place(is_known=True):
            sign_in_limits.count(tried, now)
            right = _is_right(person.password_hash, present)
        if not right:
            raise Invalid("The password is not changed.", errors={"present": ["This is not your present password."]})
        with feed.transaction():
            sign_in_limits.forget(tried)
    set_password(person.id, password, by=by, now=now)


def authenticate(token: str | None, now: datetime, request_id: str = "") -> SignedIn | None:
    """The person of this token's session; None if it has expired, was revoked or is unknown, or they are not active. It
    prolongs the session, at most once in _PROLONGED_EVERY."""
    signed_in = rows.open_session(hashed(token), now) if token else None
    if signed_in is None:
        return None
    session, person = signed_in
    until = now + timedelta(hours=SESSION_HOURS)
    if until - session.expires_at > _PROLONGED_EVERY:
        with feed.transaction():
            rows.prolong(session, until)
    return SignedIn(actor(person, request_id), person, session.id)


def sign_out(token: str, *, now: datetime) -> None:
    """End the session of this token, if it is open."""
    signed_in = rows.open_session(hashed(token), now)
    if signed_in:
        with feed.transaction():
            rows.revoke_sessions(signed_in[0].tenant_id, now, session_id=signed_in[0].id)
            acts.record(actor(signed_in[1]), "signed out", "person", signed_in[1].id, now=now)


def sign_out_everywhere(*, by: Principal, now: datetime) -> None:
    """End all sessions of the caller, this one too, and forget their browsers."""
    with feed.transaction():
        rows.revoke_sessions(by.tenant_id, now, person_id=by.id)
        sign_ins.forget_devices(by.tenant_id, by.id)
        acts.record(by, "signed out everywhere", "person", by.id, now=now)


def tidy(now: datetime) -> int:
    """Delete sessions and links that expired more than a day ago, attempts that old, and browsers that were not used to
    sign in for DEVICE_DAYS. Returns how many."""
    with feed.transaction():
        yesterday, long_ago = now - timedelta(days=1), now - timedelta(days=DEVICE_DAYS)
        gone = sign_ins.forget_old(attempts_before=yesterday, devices_before=long_ago)
        return gone + rows.forget_what_is_over(yesterday)


def _is_right(kept: str, password: str) -> bool:
    with checks.turn():
        return len(password) <= LONGEST_PASSWORD and check_password_hash(kept, password)


def _open(person: Person, token: str, now: datetime, request_id: str, way: str, device: str | None) -> Principal:
    by = actor(person, request_id)
    Session(
        id=hashed(token),
        tenant_id=person.tenant_id,
        person_id=person.id,
        created_at=now,
        expires_at=now + timedelta(hours=SESSION_HOURS),
    ).save(force_insert=True)
    if device is not None:
        sign_ins.know(hashed(device), person.tenant_id, person.id, now)
    acts.record(by, "signed in", "person", person.id, now=now, details={"with": way})
    return by
