"""Copies of what others own: tenants and people of the monitor, processors of the executor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.workflows.models.exchange import Person, Processor, Tenant


@dataclass(frozen=True)
class Home:
    """Where a tenant lives: what its mornings and its holidays follow from."""

    time_zone: str = "UTC"
    country: str = ""


def home(tenant_id: str) -> Home:
    """The tenant's time zone and country; UTC and none before the monitor has told of it."""
    row = Tenant.get_or_none(Tenant.id == tenant_id)
    return Home(row.time_zone, row.country) if row else Home()


def homes() -> dict[str, Home]:
    """Every tenant that is known, with where it lives."""
    return {row.id: Home(row.time_zone, row.country) for row in Tenant.select()}


def keep_tenant(told: dict[str, Any], version: int) -> None:
    """Write the monitor's newer word on a tenant; an older one changes nothing."""
    _keep(
        Tenant,
        told["id"],
        name=told["name"],
        time_zone=told["timeZone"],
        country=told["country"] or "",
        source_version=version,
    )


def keep_person(told: dict[str, Any], version: int) -> None:
    """Write the monitor's newer word on a person; an older one changes nothing."""
    _keep(
        Person,
        told["id"],
        tenant_id=told["tenantId"],
        name=told["name"],
        email=told["email"],
        active=told["active"],
        source_version=version,
    )


def person_with_email(tenant_id: str, email: str) -> str | None:
    """The id of an active person by the e-mail address, as an import names owners."""
    people = Person.select().where((Person.tenant_id == tenant_id) & Person.active)
    return next((one.id for one in people if one.email.casefold() == email.casefold()), None)


def keep_processor(told: dict[str, Any], version: int) -> None:
    """Write the executor's newer word on a processor; an older one changes nothing."""
    _keep(
        Processor,
        told["id"],
        version_name=told["version"],
        description=told["description"],
        metadata_schema=told["metadataSchema"],
        source_version=version,
    )


def forget_processor(name: str) -> None:
    """The executor has it no more."""
    Processor.delete().where(Processor.id == name).execute()


def schemas() -> dict[str, dict[str, Any]]:
    """The metadata schema of every processor that the executor has told of; empty before it has told of any."""
    return {row.id: row.metadata_schema for row in Processor.select()}


def _keep(model: Any, row_id: str, **values: Any) -> None:
    model.insert(id=row_id, **values).on_conflict(
        conflict_target=[model.id],
        update={getattr(model, name): value for name, value in values.items()},
        where=model.source_version < values["source_version"],
    ).execute()
