"""Applies the changes in the feeds of the other services."""

from __future__ import annotations

from services.workflows import ai_runs, inbound_requests
from services.workflows.models import feed, replicas
from shared.feed.consumer import Change, Reader

reader = Reader(feed)
reader.applies("executor", "ai-task")(ai_runs.apply)
reader.applies("executor", "task-request")(inbound_requests.task)
reader.applies("runs", "task-request")(inbound_requests.task)
reader.applies("executor", "trigger-request")(inbound_requests.trigger)


@reader.applies("executor", "processor")
def replicate_processor(change: Change) -> None:
    """Update the replica of a processor, against which plans are checked."""
    if change.deleted:
        replicas.remove_processor(change.subject)
    else:
        replicas.upsert_processor(change.data, change.version)


reader.forgets("executor", "processor")(replicas.older_processors)


@reader.applies("monitor", "tenant")
def replicate_tenant(change: Change) -> None:
    """Update the replica of a tenant. A deletion is ignored, because the tenant's rows stay."""
    if not change.deleted:
        replicas.tenants.upsert(change.data, change.version)


@reader.applies("monitor", "person")
def replicate_person(change: Change) -> None:
    """Update the replica of a person. A deletion is ignored."""
    if not change.deleted:
        replicas.people.upsert(change.data, change.version)
