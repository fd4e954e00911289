"""A worker that reads the feeds of other services: when it is rung, and by polling."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence

from shared.feed import doorbells
from shared.feed.changes import Feed
from shared.feed.consumer import Reader, Source
from shared.ground import clock
from shared.ground.settings import Settings
from shared.process.periodic import PeriodicThread
from shared.process.service_main import Worker


def make_worker(
    settings: Settings,
    feed: Feed,
    reader: Reader,
    sources: Mapping[str, Source],
    loops: Sequence[PeriodicThread],
    threads: int = 1,
    on_applied: Callable[[], object] = lambda: None,
) -> Worker:
    """A worker whose `reader` follows `sources` when it is rung and by polling; its own commits ring other services.

    `loops` are further loops of the context; `threads` handle rings, so that a source that hangs does not block
    another. `on_applied` is called after each turn that applied any change.
    """
    broker = doorbells.open_broker(settings.redis_url, answer_within=doorbells.CONSUMER_TIMEOUT)

    polls = follow_sources(settings, broker, reader, sources, on_applied)
    consumers = doorbells.Consumers(
        broker, {doorbells.news_queue(settings.service): threads}, worker_timeout_ms=settings.worker_timeout_ms
    )
    return Worker(consumers=consumers, ringer=doorbells.Ringer(settings, feed), loops=[*polls, *loops])


def follow_sources(
    settings: Settings,
    broker: doorbells.Broker,
    reader: Reader,
    sources: Mapping[str, Source],
    on_applied: Callable[[], object] = lambda: None,
) -> list[PeriodicThread]:
    """Have `reader` follow `sources` whenever `broker` is rung. Returns the loops that poll them and retry parked
    changes. `on_applied` is called after each turn that applied any."""

    def follow(source: str) -> None:
        if reader.follow(source, sources[source].changes):
            on_applied()

    def poll(source: str) -> None:
        follow(source)
        if reader.retry_parked(source, sources[source].subjects, clock.now()):
            on_applied()

    doorbells.declare_news_actors(broker, settings.service, sources, follow)
    return [
        PeriodicThread(f"poll {source}", settings.feed_poll_seconds, functools.partial(poll, source))
        for source in sources
    ]
