"""Adds tenants, adds and changes people; the feed publishes each change to the other services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.monitor import tenant_scope
from services.monitor.models import acts, feed
from services.monitor.models import people as rows
from services.monitor.models.people import Person, Tenant
from shared.contracts.paging import Page
from shared.contracts.people import WORKING_HOURS
from shared.contracts.strict import CONTROL, EMPTY, NOT_ONE_LINE
from shared.database import pagination
from shared.database.connection import IntegrityError
from shared.database.model import Columns
from shared.ground import local_days
from shared.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

CHANGED = "This person has changed since you read it."


def add_tenant(
    tenant_id: str,
    *,
    name: str,
    time_zone: str,
    country: str,
    by: Principal,
    now: datetime,
    working_hours: JsonObject | None = None,
) -> Tenant:
    """Add a tenant. Conflict when the id is taken, Invalid for an unknown time zone, or a name that is empty
    or of more than one line."""
    check_name(name)
    if not local_days.is_zone(time_zone):
        raise Invalid("There is no such time zone.", errors={"timeZone": ["A name like Europe/Berlin."]})
    tenant = Tenant(
        id=tenant_id,
        name=name,
        time_zone=time_zone,
        country=country,
        working_hours=working_hours or WORKING_HOURS,
        created_at=now,
    )
    with feed.transaction():
        if rows.tenant(tenant_id):
            raise Conflict(f"There is a tenant {tenant_id} already.")
        rows.add(tenant)
        acts.record(by.within(tenant_id), "added tenant", "tenant", tenant_id, now=now)
    return tenant


def add(person_id: str, *, name: str, email: str, role: str, by: Principal, now: datetime) -> Person:
    """Add a person to the tenant of `by`. Conflict when the e-mail is taken, Forbidden for a role that the caller may
    not give, Invalid for a name that is empty or of more than one line, NotFound when there is no such tenant."""
    _check_grant(by, role)
    check_name(name)
    person = Person(
        id=person_id, tenant_id=by.tenant_id, name=name.strip(), email=folded(email), role=role, created_at=now
    )
    with feed.transaction():
        if rows.tenant(by.tenant_id) is None:
            raise NotFound("There is no such tenant.")
        try:
            with feed.savepoint():
                rows.add(person)
        except IntegrityError as error:
            raise Conflict(
                f"Somebody has the e-mail {person.email} already.", errors={"email": ["Somebody has it already."]}
            ) from error
        acts.record(by, "added person", "person", person_id, now=now, details={"role": role})
    return person


def change(
    person_id: str,
    *,
    name: str | None = None,
    role: str | None = None,
    active: bool | None = None,
    expected: int | None = None,
    by: Principal,
    now: datetime,
) -> Person:
    """Change a person's name or role, or whether they are active. A person who is deactivated is signed out everywhere.

    NotFound; Stale when `expected` is not the present version, or somebody changes them meanwhile. Forbidden to change
    the role or status of oneself or of somebody with a higher role, and to give a role above one's own.
    """
    person = find(by.tenant_id, person_id)
    fields = {"name": name, "role": role, "active": active}
    changes: Columns = {
        key: value for key, value in fields.items() if value is not None and value != getattr(person, key)
    }
    if expected is not None and expected != person.version:
        raise Stale(CHANGED)
    if changes.keys() & {"role", "active"} and (person.id == by.id or not by.may(person.role)):
        raise Forbidden("Nobody changes their own rights, nor those of somebody who has more.")
    if "role" in changes:
        _check_grant(by, changes["role"])
    if changes:
        _write(person, changes, by, now)
    return find(by.tenant_id, person_id)


def check_name(name: str) -> None:
    """Invalid for a name that cannot be put into the headers of mails and into lists."""
    if not name.strip() or CONTROL.search(name):
        raise Invalid(
            "A name is one line that says something.", errors={"name": [NOT_ONE_LINE if name.strip() else EMPTY]}
        )


def find(scope: str, person_id: str) -> Person:
    """The person of this id. NotFound when this scope has none."""
    person = rows.person(scope, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def find_all(scope: str, *, limit: int = 20, offset: int = 0, cursor: str | None = None) -> Page:
    """A page of people, by name."""
    return pagination.page(rows.people_of(scope), rows.PEOPLE_ORDER, limit=limit, offset=offset, cursor=cursor)


def names(tenant_id: str) -> dict[str, str]:
    """The names of all people of a tenant by their ids, in alphabetical order."""
    return rows.names_of(tenant_id)


def tenant(tenant_id: str) -> Tenant:
    """The tenant of this id. NotFound when there is none."""
    tenant = rows.tenant(tenant_id)
    if tenant is None:
        raise NotFound("There is no such tenant.")
    return tenant


def folded(email: str) -> str:
    """An e-mail address as it is stored and compared."""
    return email.strip().casefold()


def _check_grant(by: Principal, role: str) -> None:
    if not tenant_scope.may_grant(by, role):
        raise Forbidden(f"You cannot give the role {role}.")


def write(person: Person, **columns: Any) -> None:
    """Write these columns. Stale if the person was changed since it was read."""
    if not rows.change(person, **columns):
        raise Stale(CHANGED)


def _write(person: Person, changes: Columns, by: Principal, now: datetime) -> None:
    with feed.transaction():
        write(person, **changes)
        if changes.get("active") is False:
            rows.revoke_sessions(person.tenant_id, now, person_id=person.id)
        acts.record(by, "changed person", "person", person.id, now=now, details=changes)
