"""Applies the changes in the feeds of the other services."""

from __future__ import annotations

from services.workflows import ai_runs, contract_reading, inbound_requests, sample_removal
from services.workflows.models import feed, replicas
from shared.feed.consumer import Change, Reader

reader = Reader(feed)
reader.applies("executor", "task-request")(inbound_requests.task)
reader.applies("runs", "task-request")(inbound_requests.task)
reader.applies("executor", "trigger-request")(inbound_requests.trigger)
reader.applies("monitor", "sample-removal-request")(sample_removal.apply)


@reader.applies("executor", "ai-task")
def apply_ai_task(change: Change) -> None:
    """Write the state of an AI task on the contract that it reads, or on the task that it comes from."""
    if contract_reading.is_about(change.data):
        contract_reading.apply(change)
    else:
        ai_runs.apply(change)


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
