"""The queue door of the executor: the changes that it reads from other services, and the ring for work."""

from __future__ import annotations

from services.executor import submitting
from services.executor.models import feed, replicas
from services.executor.processors.registry import Registry
from services.executor.submitting import Submission
from shared.feed.consumer import Change, Reader
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

WAKE = "wake"
"""The actor that is rung when there is work; its message carries nothing."""


def make_reader(registry: Registry, max_attempts: int) -> Reader:
    """What the executor reads: tenants and people from the monitor, requests for AI tasks from workflows and runs."""
    reader = Reader(feed)

    @reader.applies("monitor", "tenant")
    def upsert_tenant(change: Change) -> None:
        """Upsert the replica of a tenant. A deleted one stays, because tasks may be left."""
        if not change.deleted:
            replicas.tenants.upsert(change.data, change.version)

    @reader.applies("monitor", "person")
    def upsert_person(change: Change) -> None:
        """Upsert the replica of a person, who may sign in and be named. A deleted one stays as they were."""
        if not change.deleted:
            replicas.people.upsert(change.data, change.version)

    @reader.applies("runs", "ai-task-request")
    @reader.applies("workflows", "ai-task-request")
    def accept_request(change: Change) -> None:
        """Make a task with the id of the request; a repeat changes nothing, and what cannot be accepted becomes a
        failed task."""
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
