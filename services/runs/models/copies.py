"""Copies of what the monitor owns: tenants, with their hours and time zone, and people, who own runs and are mentioned."""

from __future__ import annotations

from services.runs.models.table import db
from shared.copies import Home, People, Tenants

tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table

__all__ = ["Home", "Person", "Tenant", "people", "tenants"]
