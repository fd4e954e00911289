"""The queue door of runs: what it hears of the others, and writes down."""

from __future__ import annotations

from services.runs.models import copies, feed
from shared.feed import Change, Reader

reader = Reader(feed)


@reader.applies("monitor", "tenant")
def keep_tenant(change: Change) -> None:
    """The monitor's tenants, copied; one that was deleted stays, for what it has left here."""
    if not change.deleted:
        copies.tenants.keep(change.data, change.version)


@reader.applies("monitor", "person")
def keep_person(change: Change) -> None:
    """The monitor's people, copied; one who was deleted stays here as no longer active."""
    if not change.deleted:
        copies.people.keep(change.data, change.version)
