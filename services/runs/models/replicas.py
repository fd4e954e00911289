"""Replicas of the monitor's tenants and people."""

from __future__ import annotations

from collections.abc import Iterable

from services.runs.models.database import db
from shared.feed.replicas import People, Region, Tenants

tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table

__all__ = ["Region", "Person", "Tenant", "names", "people", "tenants"]


def names(tenant_id: str, person_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these people of a tenant by id; those that the monitor has not published yet are left out."""
    wanted = sorted({person_id for person_id in person_ids if person_id})
    query = Person.for_tenant(tenant_id).where(Person.id.in_(wanted))
    return {row.id: row.name for row in query} if wanted else {}
