"""The queue door of workflows: what it hears of the executor, of runs and of the monitor, and writes down."""

from __future__ import annotations

from services.workflows import ai_runs, asked
from services.workflows.models import copies, feed
from shared.reading import Change, Reader

reader = Reader(feed)
reader.applies("executor", "ai-task")(ai_runs.apply)
reader.applies("executor", "task-request")(asked.task)
reader.applies("runs", "task-request")(asked.task)
reader.applies("executor", "trigger-request")(asked.trigger)


@reader.applies("executor", "processor")
def keep_processor(change: Change) -> None:
    """The executor's processors, copied, so that a plan is checked against them."""
    if change.deleted:
        copies.forget_processor(change.subject)
    else:
        copies.keep_processor(change.data, change.version)


@reader.applies("monitor", "tenant")
def keep_tenant(change: Change) -> None:
    """The monitor's tenants, copied; one that was deleted stays, for what it has left here."""
    if not change.deleted:
        copies.keep_tenant(change.data, change.version)


@reader.applies("monitor", "person")
def keep_person(change: Change) -> None:
    """The monitor's people, copied; one who was deleted stays, for what they own."""
    if not change.deleted:
        copies.keep_person(change.data, change.version)
