"""Tenants and people: added, given a role, deactivated; each change goes to the others by the feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.monitor import rights
from services.monitor.models import acts, feed
from services.monitor.models import people as rows
from services.monitor.models.people import Person, Tenant
from shared import keyset
from shared.acts import By
from shared.contracts.paging import Page
from shared.database import IntegrityError
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale

WORKING_HOURS = {"from": "09:00", "to": "17:00"}


def add_tenant(
    tenant_id: str,
    *,
    name: str,
    time_zone: str,
    country: str,
    by: By,
    now: datetime,
    working_hours: dict[str, Any] | None = None,
) -> Tenant:
    """A new tenant. Conflict when the id is taken, Invalid when the time zone is none."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("There is no such time zone.", errors={"timeZone": ["A name like Europe/Berlin."]}) from error
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


def add(person_id: str, *, name: str, email: str, role: str, by: By, now: datetime) -> Person:
    """A new person in the tenant of `by`. Conflict when somebody has the e-mail, Forbidden for a role above one's own."""
    _check_grant(by, role)
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
            raise Conflict("Somebody has this e-mail already.") from error
        acts.record(by, "added person", "person", person_id, now=now, details={"role": role})
    return person


def change(
    person_id: str,
    *,
    name: str | None = None,
    role: str | None = None,
    active: bool | None = None,
    expected: int | None = None,
    by: By,
    now: datetime,
) -> Person:
    """Another name or role, or another answer to whether they may come in; who may not is signed out everywhere at once.

    Stale when `expected` is not the version that stands. Forbidden to change one's own rights, or those of somebody who has more.
    """
    person = find(by.tenant_id, person_id)
    wanted = {"name": name, "role": role, "active": active}
    told: dict[str, Any] = {
        key: value for key, value in wanted.items() if value is not None and value != getattr(person, key)
    }
    if expected is not None and expected != person.version:
        raise Stale("This person has changed since you read it.")
    if told.keys() & {"role", "active"} and (person.id == by.id or not by.may(person.role)):
        raise Forbidden("Nobody changes their own rights, nor those of somebody who has more.")
    if "role" in told:
        _check_grant(by, told["role"])
    if told:
        _write(person, told, by, now)
    return find(by.tenant_id, person_id)


def find(scope: str, person_id: str) -> Person:
    """The person of this id. NotFound when this scope has none."""
    person = rows.person(scope, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def find_all(scope: str, *, limit: int = 20, offset: int = 0, cursor: str | None = None) -> Page:
    """A page of people, by name."""
    return keyset.page(rows.people_of(scope), rows.PEOPLE_ORDER, limit=limit, offset=offset, cursor=cursor)


def tenant(tenant_id: str) -> Tenant:
    """The tenant of this id. NotFound when there is none."""
    found = rows.tenant(tenant_id)
    if found is None:
        raise NotFound("There is no such tenant.")
    return found


def tenants() -> list[Tenant]:
    """All tenants, for a super admin to choose from."""
    return rows.tenants()


def folded(email: str) -> str:
    """An e-mail as it is kept and compared."""
    return email.strip().casefold()


def _check_grant(by: By, role: str) -> None:
    if not rights.may_grant(by, role):
        raise Forbidden(f"You cannot give the role {role}.")


def _write(person: Person, told: dict[str, Any], by: By, now: datetime) -> None:
    with feed.transaction():
        if not rows.change(person, **told):
            raise Stale("This person has changed since you read it.")
        if told.get("active") is False:
            rows.revoke_sessions(now, person_id=person.id)
        acts.record(by, "changed person", "person", person.id, now=now, details=told)
