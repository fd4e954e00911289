"""The queue door of runs: what it hears of the others, and writes down."""

from __future__ import annotations

from services.runs import asked, deliveries, recurrences
from services.runs.models import copies, feed
from shared.reading import Change, Reader

reader = Reader(feed)
reader.applies("executor", "ai-task")(deliveries.apply)
reader.applies("workflows", "task")(asked.apply)


@reader.applies("monitor", "tenant")
def keep_tenant(change: Change) -> None:
    """The monitor's tenants, copied, and their schedules in the time zone that they have now; one that was deleted stays, for
    what it has left here."""
    if not change.deleted:
        copies.tenants.keep(change.data, change.version)
        recurrences.keep_zone(change.subject, change.now)


@reader.applies("monitor", "person")
def keep_person(change: Change) -> None:
    """The monitor's people, copied; one who was deleted stays here as no longer active."""
    if not change.deleted:
        copies.people.keep(change.data, change.version)
