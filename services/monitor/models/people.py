"""Tenants, people, sessions and sign-in links; of tokens only hashes are stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import BigIntegerField, BooleanField, TextField

from services.monitor.models import Table, feed
from shared.database.fields import IdField, JsonField, UtcDateTime
from shared.ground.errors import Conflict
from shared.ground.json_types import JsonObject


class Tenant(Table):
    """A tenant; its id is a short word that people type."""

    id = IdField()
    name = TextField()
    time_zone = TextField()
    country = TextField()
    working_hours = JsonField()
    created_at = UtcDateTime()
    version = BigIntegerField(default=1)


class Person(Table):
    """A person who can sign in, with the highest of their roles. The e-mail is casefolded and unique across all tenants."""

    id = IdField()
    tenant_id = TextField()
    name = TextField()
    email = TextField(unique=True)
    role = TextField()
    active = BooleanField(default=True)
    password_hash = TextField(null=True)
    time_zone = TextField(null=True)  #: None for that of the tenant.
    working_hours = JsonField(null=True)  #: None for those of the tenant.
    theme = TextField(default="system")
    first_steps_hidden = BooleanField(default=False)
    created_at = UtcDateTime()
    version = BigIntegerField(default=1)

    @property
    def roles(self) -> list[str]:
        """The person's role as a list, as the API has it."""
        return [self.role]


class Session(Table):
    """A browser that is signed in; its id is the hash of the token in the cookie."""

    id = IdField()
    tenant_id = TextField()
    person_id = TextField()
    created_at = UtcDateTime()
    expires_at = UtcDateTime()
    revoked_at = UtcDateTime(null=True)


class SignInLink(Table):
    """A link that signs one person in once; its id is the hash of its token."""

    id = IdField()
    tenant_id = TextField()
    person_id = TextField()
    created_at = UtcDateTime()
    expires_at = UtcDateTime()
    used_at = UtcDateTime(null=True)


Person.add_index(Person.index(Person.tenant_id, Person.name, Person.id, name="person_of_tenant"))
Session.add_index(Session.index(Session.person_id, name="session_of_person"))
SignInLink.add_index(SignInLink.index(SignInLink.person_id, name="sign_in_link_of_person"))


def tenant(tenant_id: str) -> Tenant | None:
    """The tenant of this id."""
    return Tenant.get_or_none(Tenant.id == tenant_id)


def person(tenant_id: str, person_id: str) -> Person | None:
    """The person of this id in this tenant."""
    return Person.get_or_none_for(tenant_id, person_id)


def deactivated(tenant_id: str, person_id: str) -> bool:
    """Whether this person exists and is deactivated."""
    return Person.for_tenant(tenant_id, Person.id).where(Person.id == person_id, ~Person.active).exists()


def person_by_email(email: str) -> Person | None:
    """The person with this casefolded e-mail in any tenant: at sign-in the tenant is not known yet."""
    return Person.of_all_tenants().where(Person.email == email).first()


def people_of(tenant_id: str) -> Any:
    """The query behind the list of a tenant's people."""
    return Person.for_tenant(tenant_id)


def names_of(tenant_id: str) -> dict[str, str]:
    """The names of a tenant's people by their ids, in alphabetical order."""
    named = Person.for_tenant(tenant_id, Person.id, Person.name).order_by(Person.name, Person.id)
    return {person.id: person.name for person in named}


def with_roles(tenant_id: str, roles: Sequence[str]) -> list[str]:
    """The ids of a tenant's active people with one of these roles."""
    people = Person.for_tenant(tenant_id, Person.id).where(Person.active, Person.role.in_(list(roles)))
    return [person.id for person in people]


def found(tenant_id: str, text: str) -> list[str]:
    """The ids of a tenant's people in whose name or e-mail this text is."""
    folded = text.casefold()
    people = Person.for_tenant(tenant_id, Person.id, Person.name, Person.email)
    return [person.id for person in people if folded in person.name.casefold() or folded in person.email]


PEOPLE_ORDER = [(Person.name, "asc"), (Person.id, "asc")]


def add(row: Tenant | Person) -> None:
    """Write a new tenant or person, and mark it as changed."""
    row.save(force_insert=True)
    _mark(row)


def change(row: Tenant | Person, **values: Any) -> bool:
    """Write these columns, increment the version and mark the row as changed. Returns False if it was changed since it
    was read."""
    try:
        row.write(**values)
    except Conflict:
        return False
    _mark(row)
    return True


def _mark(row: Tenant | Person) -> None:
    feed.mark(
        "tenant" if isinstance(row, Tenant) else "person", row.id, row.id if isinstance(row, Tenant) else row.tenant_id
    )


def open_session(session_id: str, now: datetime) -> tuple[Session, Person] | None:
    """The session of this hash if it has not expired or been revoked, with its person if they are active; one query."""
    live = (Session.id == session_id) & Session.revoked_at.is_null() & (Session.expires_at > now) & Person.active
    # Nobody is signed in yet: the session says whose tenant it is.
    sessions = Session.of_all_tenants(Session, Person).join(Person, on=(Person.id == Session.person_id), attr="person")
    session = sessions.where(live).first()
    return (session, session.person) if session else None


def prolong(session: Session, until: datetime) -> None:
    """Let a session last until this time."""
    update = Session.update_for(session.tenant_id, expires_at=until)
    update.where(Session.id == session.id, Session.revoked_at.is_null()).execute()


def revoke_sessions(
    tenant_id: str, now: datetime, *, session_id: str | None = None, person_id: str | None = None
) -> int:
    """End one session, or all of a person. Returns how many were not yet revoked."""
    mine = Session.id == session_id if session_id else Session.person_id == person_id
    return Session.update_for(tenant_id, revoked_at=now).where(mine, Session.revoked_at.is_null()).execute()


def link(link_id: str) -> SignInLink | None:
    """The link of this hash, used or not."""
    # Nobody is signed in yet: the link says whose tenant it is.
    return SignInLink.get_or_none_of_all_tenants(link_id)


def use_link(link: SignInLink, now: datetime) -> bool:
    """Use the link, if it is unused and has not expired. Returns True for one caller only."""
    free = (SignInLink.id == link.id) & SignInLink.used_at.is_null() & (SignInLink.expires_at > now)
    return bool(SignInLink.update_for(link.tenant_id, used_at=now).where(free).execute())


def end_links(tenant_id: str, person_id: str, now: datetime) -> None:
    """Let the unused links of a person work no longer."""
    open_links = (SignInLink.person_id == person_id) & SignInLink.used_at.is_null() & (SignInLink.expires_at > now)
    SignInLink.update_for(tenant_id, expires_at=now).where(open_links).execute()


def forget_what_is_over(before: datetime) -> int:
    """Delete sessions and links that expired before this time. Returns how many."""
    over = ((Session, Session.expires_at), (SignInLink, SignInLink.expires_at))
    return sum(model.delete_of_all_tenants().where(moment < before).execute() for model, moment in over)


@feed.snapshot("tenant")
def _tenants(wanted: list[str]) -> dict[str, JsonObject]:
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.id,
            "name": row.name,
            "timeZone": row.time_zone,
            "country": row.country,
            "workingHours": row.working_hours,
        }
        for row in Tenant.select().where(Tenant.id.in_(wanted))
    }


@feed.snapshot("person")
def _people(wanted: list[str]) -> dict[str, JsonObject]:
    # The feed reads the people of all tenants, and each snapshot says whose they are.
    return {
        row.id: {
            "id": row.id,
            "tenantId": row.tenant_id,
            "name": row.name,
            "email": row.email,
            "roles": row.roles,
            "active": row.active,
            "timeZone": row.time_zone,
            "workingHours": row.working_hours,
        }
        for row in Person.of_all_tenants().where(Person.id.in_(wanted))
    }
