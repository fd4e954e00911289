"""The queue door of the executor: what it hears of the others and takes on, and the ring that says that there is
work."""

from __future__ import annotations

from typing import Any

from services.executor import submitting
from services.executor.models import copies, feed
from services.executor.processors.registry import Registry
from services.executor.submitting import Order
from shared import clock
from shared.acts import By
from shared.reading import Change, Reader

WAKE = "wake"
"""The actor that says that there is work; a message to it carries nothing."""


def make_reader(registry: Registry, max_attempts: int) -> Reader:
    """What the executor reads: the monitor's tenants, and orders of AI tasks, of workflows and of runs."""
    reader = Reader(feed)

    @reader.applies("monitor", "tenant")
    def keep_tenant(change: Change) -> None:
        """The monitor's tenants, copied; one that was deleted stays, for the tasks that it has left."""
        if not change.deleted:
            copies.keep_tenant(change.data, change.version)

    @reader.applies("runs", "ai-task-request")
    @reader.applies("workflows", "ai-task-request")
    def take_order(change: Change) -> None:
        """An order becomes a task with its id; a repeat is nothing, and what cannot be accepted is a failed task."""
        if not change.deleted:
            by = By.from_json(change.data["by"], change.tenant_id)
            submitting.accept(
                order_of(change.data), by=by, now=change.now, registry=registry, max_attempts=max_attempts
            )

    return reader


def order_of(told: dict[str, Any]) -> Order:
    """The order that an `ai-task-request` is (shared.contracts.requests)."""
    return Order(
        id=told["id"],
        tenant_id=told["tenantId"],
        processor=told["processor"],
        metadata=told["metadata"],
        title=told["title"],
        priority=told["priority"],
        run_at=clock.parse(told["runAt"]) if told["runAt"] else None,
        subject=told["subject"],
        source=told["source"],
        retry_of=told["retryOf"],
    )
