"""Copies of what the monitor owns: tenants, with their hours and time zone, and people, who own runs and are mentioned."""

from __future__ import annotations

from collections.abc import Iterable

from services.runs.models.table import db
from shared.copies import Home, People, Tenants

tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table

__all__ = ["Home", "Person", "Tenant", "names", "people", "tenants"]


def names(tenant_id: str, person_ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these people of a tenant, as far as the monitor has told of them."""
    wanted = sorted({one for one in person_ids if one})
    query = Person.select().where((Person.tenant_id == tenant_id) & Person.id.in_(wanted))
    return {row.id: row.name for row in query} if wanted else {}
