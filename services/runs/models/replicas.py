"""Replicas of the monitor's tenants and people."""

from __future__ import annotations

from collections.abc import Iterable

from services.runs.models.database import db
from shared.feed.replicas import People, Region, Tenants

tenants, people = Tenants(db), People(db, with_hours=True)
Tenant, Person = tenants.table, people.table

__all__ = ["Region", "Person", "Tenant", "hours_of", "names", "people", "tenants"]


def hours_of(tenant_id: str, person_id: str | None) -> Region:
    """The time zone and the working hours of a person, with the country of the tenant, whose own hold where the person
    has said nothing."""
    region = tenants.region(tenant_id)
    person = people.get_or_none(tenant_id, person_id) if person_id else None
    if person is None:
        return region
    return Region(person.time_zone or region.time_zone, region.country, person.working_hours or region.working_hours)


def names(tenant_id: str, person_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these people of a tenant by id; those that the monitor has not published yet are left out."""
    wanted = sorted({person_id for person_id in person_ids if person_id})
    query = Person.for_tenant(tenant_id).where(Person.id.in_(wanted))
    return {row.id: row.name for row in query} if wanted else {}
