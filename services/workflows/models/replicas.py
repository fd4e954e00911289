"""Replicas of the monitor's tenants and people and of the executor's processors."""

from __future__ import annotations

from typing import Any

from services.workflows.models.database import db
from services.workflows.models.exchange import Processor
from shared.feed.replicas import People, Region, Tenants, upsert
from shared.ground.json_types import JsonObject
from shared.security.tokens import ANY_TENANT

tenants, people = Tenants(db), People(db)
Tenant, Person = tenants.table, people.table
__all__ = [
    "Region",
    "Person",
    "Tenant",
    "metadata_schemas",
    "older_processors",
    "people",
    "processors",
    "remove_processor",
    "tenants",
    "upsert_processor",
]


def upsert_processor(data: JsonObject, version: int) -> None:
    """Upsert a processor from its ProcessorSnapshot."""
    upsert(
        Processor,
        data["id"],
        version,
        version_name=data["version"],
        description=data["description"],
        metadata_schema=data["metadataSchema"],
    )


def remove_processor(name: str) -> None:
    """Delete the replica of a processor that the executor no longer has."""
    Processor.delete().where(Processor.id == name).execute()


def older_processors(version: int, limit: int) -> list[tuple[str, str]]:
    """Id and tenant of the processors whose version in the feed is below `version`."""
    query = Processor.select(Processor.id).where(Processor.source_version < version).order_by(Processor.id).limit(limit)
    return [(row.id, ANY_TENANT) for row in query]


def processors() -> list[Processor]:
    """Every processor, by its name; none before the first was read from the executor's feed."""
    return list(Processor.select().order_by(Processor.id))


def metadata_schemas() -> dict[str, dict[str, Any]]:
    """The metadata schema of each processor, by its name; empty before the first was read from the executor's feed."""
    return {row.id: row.metadata_schema for row in Processor.select()}
