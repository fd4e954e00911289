"""Tell the others which processors there are, when that has changed."""

from __future__ import annotations

from services.executor.models import copies, feed
from services.executor.processors.processor import Processor
from services.executor.processors.registry import Registry


def publish(registry: Registry) -> list[str]:
    """Write down the processors of this installation; names of those that are new, changed or gone, which the feed
    now tells of."""
    with feed.transaction():
        known = copies.offered()
        changed = [one for one in registry if one.name not in known or _facts_of(one) != _facts_of(known[one.name])]
        gone = sorted(set(known) - set(registry.names()))
        for processor in changed:
            copies.offer(processor.name, _facts_of(processor))
        for name in gone:
            copies.withdraw(name)
    return sorted(one.name for one in changed) + gone


def _facts_of(processor: Processor | copies.OfferedProcessor) -> dict[str, object]:
    return {
        "version": processor.version,
        "description": processor.description,
        "metadata_schema": dict(processor.metadata_schema),
        "dry_run": processor.dry_run,
        "deadline_seconds": float(processor.deadline_seconds),
    }
