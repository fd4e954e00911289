"""Loads the sample tenants and their people; a second time changes nothing."""

from __future__ import annotations

from datetime import datetime

from services.monitor import people
from services.monitor.models import people as rows
from shared.ground import ids
from shared.ground.principal import Principal

TENANTS = (("demo", "Demo", "America/New_York", "US"), ("acme", "Acme Partners", "Europe/Berlin", "DE"))
PEOPLE = (
    ("demo", "Ana Alvarez", "ana@demo.tandem.test", "member"),
    ("demo", "Dev Okafor", "dev@demo.tandem.test", "developer"),
    ("demo", "Olga Petrov", "olga@demo.tandem.test", "operator"),
    ("demo", "Max Weber", "max@demo.tandem.test", "admin"),
    ("demo", "Sam Root", "sam@demo.tandem.test", "super_admin"),
    ("acme", "Carla Klein", "carla@acme.tandem.test", "admin"),
)


def seed(now: datetime) -> None:
    """Add the sample tenants and people that are missing; existing ones are not changed."""
    for tenant_id, name, time_zone, country in TENANTS:
        if rows.tenant(tenant_id) is None:
            people.add_tenant(tenant_id, name=name, time_zone=time_zone, country=country, by=_by(tenant_id), now=now)
    for tenant_id, name, email, role in PEOPLE:
        if rows.person_by_email(email) is None:
            people.add(ids.named("person", email), name=name, email=email, role=role, by=_by(tenant_id), now=now)


def _by(tenant_id: str) -> Principal:
    return Principal("service", "monitor", "sample data", tenant_id, roles=frozenset({"service", "super_admin"}))
