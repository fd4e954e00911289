"""Live changes: one thread of the process reads the monitor's own feed and gives each event to the watchers.

The id of an event is its position in the feed, so that a browser that reconnects gets what it missed. No watcher holds a database
connection while it waits.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.monitor.models import ALL_TENANTS, feed
from shared.database.connection import session
from shared.feed.changes import Feed
from shared.ground.errors import Forbidden, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.process.signals import StopRequest

log = logging.getLogger(__name__)

KINDS = ("run", "notification", "task")
"""The kinds of change that pages hear of; of a task only that something was done with it."""

READ_EVERY = 0.06
"""Seconds between two reads of the feed while there are watchers."""

PING_EVERY = 15.0
BATCH = 200
LONGEST_QUEUE = 1000
"""The longest queue of a watcher. One that exceeds it is dropped; its browser reconnects and reads what it missed from the feed."""

MOST_REPLAYED = 5000
"""The most positions that a reconnecting browser is sent; one that missed more is told to load the page again."""

TURN = 1.0
"""The longest sleep of a watcher, in seconds, before it checks whether to go on."""


@dataclass(frozen=True)
class Event:
    """One change of the read model: `kind` is one of KINDS, or "reset" (load what you show again)."""

    position: int
    kind: str
    subject: str
    tenant_id: str
    deleted: bool
    data: JsonObject


@dataclass(eq=False)
class Watcher:
    """One watcher. The hub fills its queue, and sets `lost` instead when the queue is full."""

    waiting: queue.Queue[Event] = field(default_factory=lambda: queue.Queue(LONGEST_QUEUE))
    lost: bool = False

    def give(self, event: Event) -> None:
        """Queue one event; never blocks."""
        try:
            self.waiting.put_nowait(event)
        except queue.Full:
            self.lost = True

    def take(self, seconds: float) -> list[Event]:
        """The queued events, in order; empty when none comes within the timeout."""
        events: list[Event] = []
        with contextlib.suppress(queue.Empty):
            events.append(self.waiting.get(timeout=seconds))
            while True:
                events.append(self.waiting.get_nowait())
        return events


class Hub:
    """Reads the feed for all watchers of this process together, while there are any."""

    def __init__(self, source: Feed, read_every: float = READ_EVERY) -> None:
        self.feed = source
        self.read_every = read_every
        self.stopping = StopRequest()
        self._lock = threading.Lock()
        self._watchers: set[Watcher] = set()
        self._position = 0
        self._thread: threading.Thread | None = None

    def join(self) -> tuple[Watcher, int]:
        """Register a watcher that gets all events after the position that is returned with it."""
        with self._lock:
            if self._thread is None:
                self._position = self.feed.head()
                self._thread = threading.Thread(target=self._read_on, name="live", daemon=True)
                self._thread.start()
            watcher = Watcher()
            self._watchers.add(watcher)
            return watcher, self._position

    def leave(self, watcher: Watcher) -> None:
        """Remove a watcher."""
        with self._lock:
            self._watchers.discard(watcher)

    def stop(self) -> None:
        """Make all streams end within a second."""
        self.stopping.set()

    def read(self, after: int) -> tuple[list[Event], int, bool]:
        """The events after a position, the position up to which was read, and whether there are more."""
        answer = self.feed.changes(after, KINDS, BATCH)
        events = [
            Event(
                change["position"],
                change["type"].rpartition(".")[2],
                change["subject"],
                change["tenantid"],
                change["deleted"],
                change["data"],
            )
            for change in answer["changes"]
        ]
        return events, answer["next"], answer["more"]

    def _read_on(self) -> None:
        """Read the feed in a loop on one connection, which is closed after an error."""
        while not self.stopping.requested:
            try:
                with session(self.feed.database):
                    while not self.stopping.requested:
                        if self._read_once():
                            return
            except Exception:
                log.exception("the feed could not be read for those who watch")
                time.sleep(TURN)

    def _read_once(self) -> bool:
        """Read the feed once and queue its events; True when there are no more watchers and the thread may end."""
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
            time.sleep(self.read_every)
        return False


hub = Hub(feed)
"""The hub of this process."""


def head() -> int:
    """The position of the newest change. A page notes it before it reads anything, and subscribes after it."""
    return feed.head()


def subscribe(
    current_principal: Callable[[], Principal | None],
    *,
    after: int | None,
    scope: Callable[[Principal], str] = lambda by: by.tenant_id,
    is_disconnected: Callable[[], bool] = lambda: False,
    source: Hub | None = None,
) -> Iterator[Event | None]:
    """The events after `after` (None: from now on) that the watcher may see, as they happen; None when a ping is due.
    Of the waiting events of one subject only the newest is given.

    `current_principal` returns the caller with their present roles, or None when they may no longer watch; it is called
    at most once a second, before an event or a ping. `scope` returns the tenant that they watch, or raises Forbidden or
    NotFound when they may no longer watch it; `is_disconnected` says whether their connection is closed. Ends in all
    three cases, and when their queue is full or the process stops.
    """
    for together in subscribe_to_batches(
        current_principal, after=after, scope=scope, is_disconnected=is_disconnected, source=source
    ):
        yield from together or (None,)


def subscribe_to_batches(
    current_principal: Callable[[], Principal | None],
    *,
    after: int | None,
    scope: Callable[[Principal], str] = lambda by: by.tenant_id,
    is_disconnected: Callable[[], bool] = lambda: False,
    source: Hub | None = None,
) -> Iterator[list[Event]]:
    """Like `subscribe`, but gives the waiting events as one batch, so that a slow watcher catches up in one step; an
    empty batch when a ping is due."""
    source = source or hub
    watcher, joined = source.join()
    try:
        last = joined if after is None else after
        allowed = _Permission(current_principal, scope)
        # The hub reads at intervals, so a position ahead of it may still be behind the feed.
        if (last > joined and last > source.feed.head()) or joined - last > MOST_REPLAYED:
            yield [Event(joined, "reset", "", "", False, {})]
            last = joined
        more = last < joined
        while more and not source.stopping.requested:
            events, last, more = source.read(last)
            if seen := allowed.seen(events):
                yield seen
        yield from _as_they_happen(source, watcher, last, allowed, is_disconnected)
    finally:
        source.leave(watcher)


def _as_they_happen(
    source: Hub, watcher: Watcher, last: int, allowed: _Permission, is_disconnected: Callable[[], bool]
) -> Iterator[list[Event]]:
    pinged = time.monotonic()
    while not (source.stopping.requested or watcher.lost or allowed.ended or is_disconnected()):
        events = [event for event in watcher.take(TURN) if event.position > last]
        if events:
            last = events[-1].position
            if seen := allowed.seen(_newest(events)):
                yield seen
        elif time.monotonic() - pinged >= PING_EVERY and allowed.still():
            pinged = time.monotonic()
            yield []


def _newest(events: list[Event]) -> list[Event]:
    """The last event of each subject: an event carries the whole state, so the earlier ones are not needed."""
    return sorted({(event.kind, event.subject): event for event in events}.values(), key=lambda event: event.position)


class _Permission:
    """Checks whether a watcher may still watch, and which events they may see."""

    def __init__(self, current_principal: Callable[[], Principal | None], scope: Callable[[Principal], str]) -> None:
        self.current_principal, self.scope = current_principal, scope
        self.ended = False
        self._looked_up = float("-inf")
        self._watching: tuple[Principal, str] | None = None

    def still(self) -> bool:
        """Whether the watcher may still watch; checked again when the last check is at least a second old."""
        if time.monotonic() - self._looked_up >= TURN:
            self._watching, self._looked_up = self._look_up(), time.monotonic()
            self.ended = self._watching is None
        return not self.ended

    def _look_up(self) -> tuple[Principal, str] | None:
        """The watcher and the tenant that they watch; None when they may watch nothing, or that tenant no longer."""
        by = self.current_principal()
        try:
            return (by, self.scope(by)) if by else None
        except (Forbidden, NotFound):
            return None

    def seen(self, events: list[Event]) -> list[Event]:
        """The events that the watcher may see now."""
        if not events or not self.still() or self._watching is None:
            return []
        by, scope = self._watching
        return [event for event in events if scope in (event.tenant_id, ALL_TENANTS) and _is_for(event, by)]


def _is_for(event: Event, by: Principal) -> bool:
    if event.kind != "notification":
        return True
    recipient = event.data.get("recipientId")
    return recipient == by.id or (recipient is None and event.data.get("byId") != by.id)


def frame(position: int | None, text: str, event: str | None = None) -> str:
    """One server-sent event."""
    head = (f"event: {event}\n" if event else "") + (f"id: {position}\n" if position is not None else "")
    return head + "".join(f"data: {line}\n" for line in re.split("\r\n|\r|\n", text)) + "\n"


PING = ": ping\n\n"
"""The comment that keeps a silent stream open."""
