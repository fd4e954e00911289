"""The queue door of runs: applies the changes in the feeds of the other services."""

from __future__ import annotations

from services.runs import delivery_results, recurrences, requested_tasks
from services.runs.models import feed, replicas
from shared.feed.consumer import Change, Reader

reader = Reader(feed)
reader.applies("executor", "ai-task")(delivery_results.apply)
reader.applies("workflows", "task")(requested_tasks.apply)


@reader.applies("monitor", "tenant")
def replicate_tenant(change: Change) -> None:
    """Update the replica of a tenant, and its schedules after a change of its time zone. A deleted tenant is kept, because its rows here
    are."""
    if not change.deleted:
        replicas.tenants.upsert(change.data, change.version)
        recurrences.recompute_due_times(change.subject, change.now)


@reader.applies("monitor", "person")
def replicate_person(change: Change) -> None:
    """Update the replica of a person; a deleted one is kept as inactive."""
    if not change.deleted:
        replicas.people.upsert(change.data, change.version)
