"""Copies of the monitor's tenants, and the processors as they were told to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.executor.models.tables import OfferedProcessor, Tenant, feed


def keep_tenant(told: Mapping[str, Any], version: int) -> None:
    """Write the monitor's newer word on a tenant; an older one changes nothing."""
    values = {
        "name": told["name"],
        "time_zone": told["timeZone"],
        "country": told["country"] or "",
        "source_version": version,
    }
    Tenant.insert(id=told["id"], **values).on_conflict(
        conflict_target=[Tenant.id],
        update={getattr(Tenant, name): value for name, value in values.items()},
        where=Tenant.source_version < version,
    ).execute()


def tenant(tenant_id: str) -> Tenant | None:
    """The tenant, if the monitor has told of it."""
    return Tenant.get_or_none(Tenant.id == tenant_id)


def offered() -> dict[str, OfferedProcessor]:
    """The processors as last told, by name."""
    return {row.name: row for row in OfferedProcessor.select()}


def offer(name: str, facts: Mapping[str, Any]) -> None:
    """Tell of a processor that is new or has changed."""
    OfferedProcessor.insert(name=name, **facts).on_conflict(
        conflict_target=[OfferedProcessor.name],
        update={getattr(OfferedProcessor, field): value for field, value in facts.items()},
    ).execute()
    feed.mark("processor", name, "")


def withdraw(name: str) -> None:
    """Tell that a processor is gone."""
    OfferedProcessor.delete().where(OfferedProcessor.name == name).execute()
    feed.mark("processor", name, "")
