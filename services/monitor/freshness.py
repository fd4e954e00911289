"""How old the read model may be. The worker records when it last read each source to the end."""

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
"""The shortest time between two writes of a source's read time."""

LATE_AFTER_POLLS = 3
LATE_AFTER = timedelta(seconds=10)
"""The least age of a late source; a poll may still be under way."""


class NotingReader(Reader):
    """A reader that records when it has read a source to its end. `now` returns the time."""

    def __init__(self, feed: Feed, now: Callable[[], datetime]) -> None:
        super().__init__(feed, lock_projection)
        self.now = now

    def follow(self, source: str, fetch: Fetch) -> int:
        """See Reader. Records the time of the last request, because changes after it may be missing."""
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
    """How long ago each source was read to its end, None for never; `late` names the sources for which that is too
    long."""

    ages: dict[str, timedelta | None]
    late: tuple[str, ...]


def freshness(now: datetime, poll_seconds: float) -> Freshness:
    """The age of the read model by source. A source is late when its last complete read is older than LATE_AFTER_POLLS
    polls and than LATE_AFTER, or when it was never read."""
    last = source_reads.all_last()
    ages = {source: now - last[source] if source in last else None for source in clients.OWNERS}
    limit = max(LATE_AFTER, timedelta(seconds=LATE_AFTER_POLLS * poll_seconds))
    return Freshness(ages, tuple(source for source, age in ages.items() if age is None or age > limit))
