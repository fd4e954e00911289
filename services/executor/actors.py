"""How the executor applies changes from other services' feeds, and the name of the message that wakes its worker."""

from __future__ import annotations

from services.executor import models, removal, submitting
from services.executor.models import feed, replicas
from services.executor.processors.registry import Registry
from services.executor.submitting import Submission
from shared.feed.consumer import Change, Reader
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

WAKE = "wake"
"""The Dramatiq actor that is sent an empty message when there is work."""


def make_reader(registry: Registry, max_attempts: int) -> Reader:
    """What the executor reads: tenants and people from the monitor, requests for AI tasks from workflows, runs and the
    monitor, holds and what is gone from workflows."""
    reader = Reader(feed)
    reader.applies("workflows", "ai-task-removal-request")(removal.apply)

    @reader.applies("monitor", "tenant")
    def upsert_tenant(change: Change) -> None:
        """Upsert the replica of a tenant. A deletion is ignored, because tasks may be left."""
        if not change.deleted:
            replicas.tenants.upsert(change.data, change.version)

    @reader.applies("monitor", "person")
    def upsert_person(change: Change) -> None:
        """Upsert the replica of a person. A deletion is ignored."""
        if not change.deleted:
            replicas.people.upsert(change.data, change.version)

    @reader.applies("workflows", "hold")
    def upsert_hold(change: Change) -> None:
        """Upsert the replica of a hold, or delete it with its customer's."""
        if change.deleted:
            models.holds.remove_hold(change.tenant_id, change.subject)
        else:
            models.holds.upsert_hold(change.data, change.version)

    @reader.applies("monitor", "ai-task-request")
    @reader.applies("runs", "ai-task-request")
    @reader.applies("workflows", "ai-task-request")
    def accept_request(change: Change) -> None:
        """Queue a task with the id of the request. A repeat publishes the existing task again; a request that cannot be
        accepted becomes a failed task."""
        if not change.deleted:
            by = Principal.from_json(change.data["by"], change.tenant_id)
            submitting.accept_request(
                submission_of(change.data), by=by, now=change.now, registry=registry, max_attempts=max_attempts
            )

    return reader


def submission_of(request: JsonObject) -> Submission:
    """The submission in an `ai-task-request` (shared/contracts/requests.py)."""
    return Submission(
        id=request["id"],
        tenant_id=request["tenantId"],
        processor=request["processor"],
        metadata=request["metadata"],
        title=request["title"],
        priority=request["priority"],
        run_at=clock.parse(request["runAt"]) if request["runAt"] else None,
        subject=request["subject"],
        source=request["source"],
        retry_of=request["retryOf"],
        asked_at=clock.parse(request["createdAt"]) if request.get("createdAt") else None,
    )
