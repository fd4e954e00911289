"""Replicas of the monitor's tenants and people, as the executor, runs and workflows keep them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import peewee

from shared.contracts.people import WORKING_HOURS
from shared.database.fields import IdField, JsonField
from shared.database.model import Row
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


@dataclass(frozen=True)
class Region:
    """The time zone, country and working hours of a tenant."""

    time_zone: str = "UTC"
    country: str = ""
    working_hours: dict[str, str] = field(default_factory=lambda: dict(WORKING_HOURS))


def upsert(model: Any, row_id: str, version: int, **values: Any) -> None:
    """Upsert a replica row. Ignored when the stored `source_version` is equal or newer."""
    model.insert(id=row_id, source_version=version, **values).on_conflict(
        conflict_target=[model.id],
        update={getattr(model, name): value for name, value in (values | {"source_version": version}).items()},
        where=model.source_version < version,
    ).execute()


class Tenants:
    """The replica of the tenants in one context."""

    def __init__(self, db: Any) -> None:
        class Tenant(Row):
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

    def upsert(self, snapshot: JsonObject, version: int) -> None:
        """Upsert a tenant from its TenantSnapshot."""
        upsert(
            self.table,
            snapshot["id"],
            version,
            name=snapshot["name"],
            time_zone=snapshot["timeZone"],
            country=snapshot["country"] or "",
            working_hours=snapshot.get("workingHours"),
        )

    def region(self, tenant_id: str) -> Region:
        """The tenant's region; UTC and no country before the monitor has published the tenant."""
        return self.region_or_none(tenant_id) or Region()

    def region_or_none(self, tenant_id: str) -> Region | None:
        """The tenant's region; None before the monitor has published the tenant."""
        row = self.table.get_or_none_of_all_tenants(tenant_id)
        return _region(row) if row else None

    def regions(self) -> dict[str, Region]:
        """The region of every tenant, by its id."""
        return {row.id: _region(row) for row in self.table.of_all_tenants()}


def _region(row: Any) -> Region:
    return Region(row.time_zone, row.country, row.working_hours or dict(WORKING_HOURS))


class People:
    """The replica of the people in one context; `with_hours` it keeps their own time zones and working hours too."""

    def __init__(self, db: Any, *, with_hours: bool = False) -> None:
        class Person(Row):
            id = IdField()
            tenant_id = peewee.TextField(index=True)
            name = peewee.TextField()
            email = peewee.TextField()
            active = peewee.BooleanField()
            source_version = peewee.BigIntegerField()

            class Meta:
                database = db
                table_name = "person"

        if with_hours:
            Person._meta.add_field("time_zone", peewee.TextField(null=True))
            Person._meta.add_field("working_hours", JsonField(null=True))
        self.table, self._with_hours = Person, with_hours

    def upsert(self, snapshot: JsonObject, version: int) -> None:
        """Upsert a person from a PersonSnapshot."""
        hours = {"time_zone": snapshot.get("timeZone"), "working_hours": snapshot.get("workingHours")}
        upsert(
            self.table,
            snapshot["id"],
            version,
            tenant_id=snapshot["tenantId"],
            name=snapshot["name"],
            email=snapshot["email"],
            active=snapshot["active"],
            **(hours if self._with_hours else {}),
        )

    def get_or_none(self, tenant_id: str, person_id: str) -> Any | None:
        """The person of this id in the tenant, or None."""
        return self.table.get_or_none_for(tenant_id, person_id)

    def deactivated(self, tenant_id: str, person_id: str) -> bool:
        """Whether the person has been deactivated; False while the monitor has not published the person."""
        person = self.get_or_none(tenant_id, person_id)
        return person is not None and not person.active

    def require(self, by: Principal, person_id: str | None, *, field: str = "owner") -> None:
        """Invalid, naming `field`, when the id is not that of an active person of the tenant. None and the caller's own
        id are accepted."""
        if person_id in (None, by.id):
            return
        person = self.get_or_none(by.tenant_id, str(person_id))
        if person is None or not person.active:
            raise Invalid("There is no such person here.", errors={field: ["Not a person of this tenant."]})

    def active(self, tenant_id: str) -> list[Any]:
        """The tenant's active people, by name."""
        table = self.table
        return list(table.for_tenant(tenant_id).where(table.active).order_by(table.name, table.id))

    def by_email(self, tenant_id: str) -> dict[str, str]:
        """The ids of the tenant's active people by casefolded e-mail address."""
        return {person.email.casefold(): person.id for person in self.active(tenant_id)}
