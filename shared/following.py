"""A worker that reads what other services change: it hears news of every source, and looks by itself when nobody rings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared import queues
from shared.feed import Feed
from shared.loops import Loop
from shared.processes import Worker
from shared.reading import Fetch, Reader
from shared.settings import Settings


def make_worker(
    settings: Settings,
    feed: Feed,
    reader: Reader,
    sources: Mapping[str, Fetch],
    loops: Sequence[Loop],
    threads: int = 1,
) -> Worker:
    """A worker whose `reader` follows each of `sources` on a ring and on a poll, and rings for what it writes itself.

    `loops` are those of the context besides; `threads` hear news, so that a source that hangs does not hold up another.
    """
    broker = queues.open_broker(settings.redis_url, answer_within=queues.LISTENING)

    def follow(source: str) -> int:
        return reader.follow(source, sources[source])

    queues.hear_all(broker, settings.service, sources, follow)
    polls = [
        Loop(f"poll {source}", settings.feed_poll_seconds, lambda source=source: follow(source)) for source in sources
    ]
    consumers = queues.Consumers(
        broker, {queues.news_queue(settings.service): threads}, worker_timeout_ms=settings.worker_timeout_ms
    )
    return Worker(consumers=consumers, ringer=queues.Ringer(settings, feed), loops=[*polls, *loops])
