"""Replicas of the monitor's tenants and people, and the processors as they were last published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.executor.models.database import feed
from services.executor.models.installation_tables import PublishedProcessor, people, tenants

__all__ = ["people", "publish_processor", "published_processors", "remove_processor", "tenants"]


def published_processors() -> dict[str, PublishedProcessor]:
    """The processors as last published, by name."""
    return {row.name: row for row in PublishedProcessor.select()}


def publish_processor(name: str, values: Mapping[str, Any]) -> None:
    """Publish a processor that is new or has changed."""
    PublishedProcessor.insert(name=name, **values).on_conflict(
        conflict_target=[PublishedProcessor.name],
        update={getattr(PublishedProcessor, field): value for field, value in values.items()},
    ).execute()
    feed.mark("processor", name, "")


def remove_processor(name: str) -> None:
    """Publish that a processor has been removed."""
    PublishedProcessor.delete().where(PublishedProcessor.name == name).execute()
    feed.mark("processor", name, "")
