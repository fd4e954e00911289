"""The queue door of runs: what it hears of the others, and writes down."""

from __future__ import annotations

from services.runs.models import Person, Tenant, feed
from shared.feed import Change, Reader

reader = Reader(feed)


@reader.applies("monitor", "tenant")
def keep_tenant(change: Change) -> None:
    """The monitor's tenants, copied."""
    Tenant.keep(change.data, change.version)


@reader.applies("monitor", "person")
def keep_person(change: Change) -> None:
    """The monitor's people, copied; one who was deleted stays here as no longer active."""
    if not change.deleted:
        Person.keep(change.data, change.version)
