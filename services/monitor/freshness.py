"""How old what the monitor shows may be: its worker records when it last read each source to the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.monitor import clients
from services.monitor.models import database, lock_projection, source_reads
from shared.database.connection import session
from shared.feed.changes import Feed
from shared.feed.consumer import Fetch, Reader, Seen
from shared.ground.json_types import JsonObject

NOTED_EVERY = timedelta(seconds=1)
"""How often the time of a poll is written at most."""

LATE_AFTER_POLLS = 3
LATE_AFTER = timedelta(seconds=10)
"""A source is never called late before this; a poll may still be under way."""


class NotingReader(Reader):
    """A reader that records when it had read all that a source has; `now` is the clock."""

    def __init__(self, feed: Feed, now: Callable[[], datetime]) -> None:
        super().__init__(feed, lock_projection)
        self.now = now

    def follow(self, source: str, fetch: Fetch) -> int:
        """See Reader. The time recorded is that of the last request, because what happened after it may be missing."""
        asked_at: list[datetime] = []

        def fetch_now(after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> JsonObject:
            asked_at.append(self.now())
            return fetch(after, kinds, limit, seen)

        applied = super().follow(source, fetch_now)
        note(source, asked_at[-1])
        return applied


def note(source: str, at: datetime) -> None:
    """Record that a source was read to its end."""
    with session(database):
        before = source_reads.all_last().get(source)
        if before is None or at - before >= NOTED_EVERY:
            with database.atomic():
                source_reads.record(source, at)


@dataclass(frozen=True)
class Freshness:
    """How long ago each source was read to its end, None for never; `late` are those for which that is too long."""

    ages: dict[str, timedelta | None]
    late: tuple[str, ...]


def freshness(now: datetime, poll_seconds: float) -> Freshness:
    """How old the read model is, source by source. A source is late when several polls should have been over since."""
    last = source_reads.all_last()
    ages = {source: now - last[source] if source in last else None for source in clients.OWNERS}
    limit = max(LATE_AFTER, timedelta(seconds=LATE_AFTER_POLLS * poll_seconds))
    return Freshness(ages, tuple(source for source, age in ages.items() if age is None or age > limit))
