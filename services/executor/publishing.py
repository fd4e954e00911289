"""Publishes the processors of this installation in the feed when they change."""

from __future__ import annotations

from services.executor.models import feed, replicas
from services.executor.processors.processor import Processor
from services.executor.processors.registry import Registry


def publish(registry: Registry) -> list[str]:
    """Record the processors of this installation. Returns the names of those that are new, changed or removed, which
    are published."""
    with feed.transaction():
        published = replicas.published_processors()
        changed = [
            processor
            for processor in registry
            if processor.name not in published or _columns(processor) != _columns(published[processor.name])
        ]
        removed = sorted(set(published) - set(registry.names()))
        for processor in changed:
            replicas.publish_processor(processor.name, _columns(processor))
        for name in removed:
            replicas.remove_processor(name)
    return sorted(processor.name for processor in changed) + removed


def _columns(processor: Processor | replicas.PublishedProcessor) -> dict[str, object]:
    return {
        "version": processor.version,
        "description": processor.description,
        "metadata_schema": dict(processor.metadata_schema),
        "dry_run": processor.dry_run,
        "deadline_seconds": float(processor.deadline_seconds),
    }
