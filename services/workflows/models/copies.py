"""Copies of what others own: tenants and people of the monitor, processors of the executor."""

from __future__ import annotations

from typing import Any

from services.workflows.models.exchange import Processor
from services.workflows.models.table import db
from shared.copies import Home, People, Tenants, keep

tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table
home, homes, keep_tenant = tenants.home, tenants.homes, tenants.keep
person_with_email, keep_person = people.with_email, people.keep

__all__ = [
    "Home",
    "Person",
    "Tenant",
    "forget_processor",
    "home",
    "homes",
    "keep_person",
    "keep_processor",
    "keep_tenant",
    "person_with_email",
    "schemas",
]


def keep_processor(told: dict[str, Any], version: int) -> None:
    """Write the executor's newer word on a processor; an older one changes nothing."""
    keep(
        Processor,
        told["id"],
        version,
        version_name=told["version"],
        description=told["description"],
        metadata_schema=told["metadataSchema"],
    )


def forget_processor(name: str) -> None:
    """The executor has it no more."""
    Processor.delete().where(Processor.id == name).execute()


def schemas() -> dict[str, dict[str, Any]]:
    """The metadata schema of every processor that the executor has told of; empty before it has told of any."""
    return {row.id: row.metadata_schema for row in Processor.select()}
