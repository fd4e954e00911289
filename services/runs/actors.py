"""Applies the changes in the feeds of the other services."""

from __future__ import annotations

from services.runs import delivery_results, recurrences, requested_tasks, sample_removal
from services.runs.models import feed, replicas
from shared.feed.consumer import Change, Reader

reader = Reader(feed)
reader.applies("executor", "ai-task")(delivery_results.apply)
reader.applies("workflows", "task")(requested_tasks.apply)
reader.applies("monitor", "sample-removal-request")(sample_removal.apply)


@reader.applies("monitor", "tenant")
def replicate_tenant(change: Change) -> None:
    """Update the replica of a tenant, and its schedules if its time zone changed. A deletion is ignored, because the
    tenant's rows stay."""
    if not change.deleted:
        replicas.tenants.upsert(change.data, change.version)
        recurrences.recompute_due_times(change.subject, change.now)


@reader.applies("monitor", "person")
def replicate_person(change: Change) -> None:
    """Update the replica of a person. A deletion is ignored."""
    if not change.deleted:
        replicas.people.upsert(change.data, change.version)
