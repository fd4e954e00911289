"""Changes as they happen: one thread a process reads the monitor's own feed and hands each event to those who watch.

The id of an event is its position in the feed, so a browser that comes back says where it was and misses nothing. Nobody here
holds a database connection while waiting.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.monitor.models import ALL_TENANTS, feed
from shared.acts import By
from shared.database import session
from shared.feed import Feed

log = logging.getLogger(__name__)

KINDS = ("run", "notification")
LOOKS_EVERY = 0.06
"""Seconds between two looks at the feed while somebody watches."""

PING_EVERY = 15.0
BATCH = 200
LONGEST_QUEUE = 1000
"""Who lets more pile up is let go, comes back, and reads what they missed from the feed."""

MOST_REPLAYED = 5000
"""Who was away for more positions than these is told to load the page again instead."""

TURN = 1.0
"""Seconds that a watcher sleeps at most before it looks whether to go on."""


@dataclass(frozen=True)
class Event:
    """One change of the read model: `kind` is "run", "notification" or "reset" (load what you show again)."""

    position: int
    kind: str
    subject: str
    tenant_id: str
    deleted: bool
    data: dict[str, Any]


@dataclass(eq=False)
class Watcher:
    """Somebody who listens; the hub fills their queue, and sets `lost` instead when it is full."""

    waiting: queue.Queue[Event] = field(default_factory=lambda: queue.Queue(LONGEST_QUEUE))
    lost: bool = False

    def give(self, event: Event) -> None:
        """Hand over one event without ever waiting."""
        try:
            self.waiting.put_nowait(event)
        except queue.Full:
            self.lost = True


class Hub:
    """Reads the feed for all watchers of this process together, while there are any."""

    def __init__(self, source: Feed, looks_every: float = LOOKS_EVERY) -> None:
        self.feed = source
        self.looks_every = looks_every
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._watchers: set[Watcher] = set()
        self._position = 0
        self._thread: threading.Thread | None = None

    def join(self) -> tuple[Watcher, int]:
        """Begin to listen: a watcher who is given all events behind the position, and that position."""
        with self._lock:
            if self._thread is None:
                self._position = self.feed.head()
                self._thread = threading.Thread(target=self._read_on, name="live", daemon=True)
                self._thread.start()
            watcher = Watcher()
            self._watchers.add(watcher)
            return watcher, self._position

    def leave(self, watcher: Watcher) -> None:
        """Listen no longer."""
        with self._lock:
            self._watchers.discard(watcher)

    def stop(self) -> None:
        """Let all streams end within a second; safe to call from a signal handler."""
        self.stopping.set()

    def read(self, after: int) -> tuple[list[Event], int, bool]:
        """Events behind a position, the position that they reach, and whether there are more."""
        answer = self.feed.changes(after, KINDS, BATCH)
        events = [
            Event(
                one["position"],
                one["type"].rpartition(".")[2],
                one["subject"],
                one["tenantid"],
                one["deleted"],
                one["data"],
            )
            for one in answer["changes"]
        ]
        return events, answer["next"], answer["more"]

    def _read_on(self) -> None:
        """Look again and again on one connection, which is thrown away when something goes wrong with it."""
        while not self.stopping.is_set():
            try:
                with session(self.feed.database):
                    while not self.stopping.is_set():
                        if self._look():
                            return
            except Exception:
                log.exception("the feed could not be read for those who watch")
                time.sleep(TURN)

    def _look(self) -> bool:
        """Read once and hand out; True when nobody watches any more and the thread may end."""
        events, position, more = self.read(self._position)
        with self._lock:
            self._position = position
            for watcher in self._watchers:
                for event in events:
                    watcher.give(event)
            if not self._watchers:
                self._thread = None
                return True
        if not more:
            time.sleep(self.looks_every)
        return False


hub = Hub(feed)
"""The hub of this process."""


def head() -> int:
    """The position of the newest change: a page notes it when it is rendered, and asks for what is behind it."""
    return feed.head()


def subscribe(
    now_by: Callable[[], By | None],
    *,
    after: int | None,
    scope: Callable[[By], str] = lambda by: by.tenant_id,
    gone: Callable[[], bool] = lambda: False,
    source: Hub | None = None,
) -> Iterator[Event | None]:
    """The events behind `after` (from now on when None) that somebody may see, as they happen; None when it is time for a ping.

    `now_by` answers who is watching as of now, None when they may no longer: asked at most once a second, and before an event is
    given. `scope` is the tenant they watch, `gone` whether they have hung up. Ends when the process stops.
    """
    source = source or hub
    watcher, joined = source.join()
    try:
        last = joined if after is None else after
        allowed = _Permission(now_by, scope)
        # The hub looks now and then: who is ahead of it may still be behind the feed itself.
        if (last > joined and last > source.feed.head()) or joined - last > MOST_REPLAYED:
            yield Event(joined, "reset", "", "", False, {})
            last = joined
        more = last < joined
        while more and not source.stopping.is_set():
            events, last, more = source.read(last)
            yield from allowed.seen(events)
        yield from _as_they_happen(source, watcher, last, allowed, gone)
    finally:
        source.leave(watcher)


def _as_they_happen(
    source: Hub, watcher: Watcher, last: int, allowed: _Permission, gone: Callable[[], bool]
) -> Iterator[Event | None]:
    pinged = time.monotonic()
    while not (source.stopping.is_set() or watcher.lost or allowed.ended or gone()):
        try:
            event = watcher.waiting.get(timeout=TURN)
        except queue.Empty:
            if time.monotonic() - pinged >= PING_EVERY and allowed.still():
                pinged = time.monotonic()
                yield None
            continue
        if event.position > last:
            last = event.position
            yield from allowed.seen([event])


class _Permission:
    """Whether somebody may still watch, and which events they may see."""

    def __init__(self, now_by: Callable[[], By | None], scope: Callable[[By], str]) -> None:
        self.now_by, self.scope = now_by, scope
        self.ended = False
        self._asked = float("-inf")
        self._by: By | None = None

    def still(self) -> bool:
        """Ask again, if the last answer is older than a second."""
        if time.monotonic() - self._asked >= TURN:
            self._by, self._asked = self.now_by(), time.monotonic()
            self.ended = self._by is None
        return not self.ended

    def seen(self, events: list[Event]) -> list[Event]:
        """Those of the events that they may see now."""
        if not events or not self.still() or self._by is None:
            return []
        by, scope = self._by, self.scope(self._by)
        return [event for event in events if scope in (event.tenant_id, ALL_TENANTS) and _is_for(event, by)]


def _is_for(event: Event, by: By) -> bool:
    return event.kind != "notification" or event.data.get("recipientId") in (None, by.id)


def frame(position: int | None, text: str, event: str | None = None) -> str:
    """One server-sent event."""
    head = (f"event: {event}\n" if event else "") + (f"id: {position}\n" if position is not None else "")
    return head + "".join(f"data: {line}\n" for line in re.split("\r\n|\r|\n", text)) + "\n"


PING = ": ping\n\n"
"""The comment that keeps a silent stream open."""
