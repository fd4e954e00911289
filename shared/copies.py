"""Copies of the monitor's tenants and people, which every context keeps the same way: the newest word on each counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import peewee

from shared.columns import IdField, JsonField

WORKING_HOURS = {"from": "09:00", "to": "17:00"}
"""Of a tenant that has not said."""


@dataclass(frozen=True)
class Home:
    """Where a tenant lives: what its mornings, its holidays and its calls follow from."""

    time_zone: str = "UTC"
    country: str = ""
    working_hours: dict[str, str] = field(default_factory=lambda: dict(WORKING_HOURS))


def keep(model: Any, row_id: str, version: int, **values: Any) -> None:
    """Write a newer word on a row of somebody else's; an older one changes nothing."""
    model.insert(id=row_id, source_version=version, **values).on_conflict(
        conflict_target=[model.id],
        update={getattr(model, name): value for name, value in (values | {"source_version": version}).items()},
        where=model.source_version < version,
    ).execute()


class Tenants:
    """The copy of the tenants in one context."""

    def __init__(self, db: Any) -> None:
        class Tenant(peewee.Model):
            id = IdField()
            name = peewee.TextField()
            time_zone = peewee.TextField()
            country = peewee.TextField()
            working_hours = JsonField(null=True)
            source_version = peewee.BigIntegerField()

            class Meta:
                database = db
                table_name = "tenant"

        self.table = Tenant

    def keep(self, told: dict[str, Any], version: int) -> None:
        """Write the monitor's newer word on a tenant (TenantSnapshot)."""
        keep(
            self.table,
            told["id"],
            version,
            name=told["name"],
            time_zone=told["timeZone"],
            country=told["country"] or "",
            working_hours=told.get("workingHours"),
        )

    def home(self, tenant_id: str) -> Home:
        """Where the tenant lives; UTC and no country before the monitor has told of it."""
        row = self.table.get_or_none(self.table.id == tenant_id)
        return _home(row) if row else Home()

    def homes(self) -> dict[str, Home]:
        """Every tenant that is known, with where it lives."""
        return {row.id: _home(row) for row in self.table.select()}


def _home(row: Any) -> Home:
    return Home(row.time_zone, row.country, row.working_hours or dict(WORKING_HOURS))


class People:
    """The copy of the people in one context."""

    def __init__(self, db: Any) -> None:
        class Person(peewee.Model):
            id = IdField()
            tenant_id = peewee.TextField(index=True)
            name = peewee.TextField()
            email = peewee.TextField()
            active = peewee.BooleanField()
            source_version = peewee.BigIntegerField()

            class Meta:
                database = db
                table_name = "person"

        self.table = Person

    def keep(self, told: dict[str, Any], version: int) -> None:
        """Write the monitor's newer word on a person (PersonSnapshot)."""
        keep(
            self.table,
            told["id"],
            version,
            tenant_id=told["tenantId"],
            name=told["name"],
            email=told["email"],
            active=told["active"],
        )

    def known(self, tenant_id: str, person_id: str) -> Any | None:
        """The person, if there is one of this id in the tenant."""
        table = self.table
        return table.get_or_none((table.id == person_id) & (table.tenant_id == tenant_id))

    def active(self, tenant_id: str) -> list[Any]:
        """The tenant's people who may own something now, by name."""
        table = self.table
        return list(table.select().where((table.tenant_id == tenant_id) & table.active).order_by(table.name, table.id))

    def with_email(self, tenant_id: str, email: str) -> str | None:
        """The id of an active person by the e-mail address, as an import names owners."""
        return next((one.id for one in self.active(tenant_id) if one.email.casefold() == email.casefold()), None)
