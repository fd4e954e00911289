"""Reads the feeds of other services: one applier for each kind, one cursor for each source and kind.

A change that cannot be applied is parked. When a feed begins a new epoch it is read from the beginning, and rows that
it no longer contains are applied as deleted (docs/design.md, "The feed").
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from shared.contracts import changes as envelopes
from shared.contracts.changes import Seen
from shared.database.connection import OperationalError, session
from shared.feed.changes import Feed
from shared.feed.parked_changes import ParkedChanges
from shared.ground import clock
from shared.ground.errors import Conflict, Stale
from shared.ground.json_types import JsonObject

log = logging.getLogger(__name__)

BATCH = 200

CONFLICT_TRIES = 3
"""The most tries to apply a change when another transaction changes the row meanwhile; each try reads the row again."""

RETRIED_AT_ONCE = 50
"""The most parked changes that one round tries again."""


@dataclass(frozen=True)
class Change:
    """One change as an applier gets it. `data` is the whole snapshot; only id and tenant when `deleted`."""

    source: str
    kind: str
    subject: str
    version: int
    position: int
    tenant_id: str
    deleted: bool
    data: JsonObject
    now: datetime
    last: dict[Hashable, tuple[Change, Callable[[], None]]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, function: Callable[[], None]) -> None:
        """Run `function` after all changes of the batch, in the same transaction, and only once for each `key`."""
        self.last.setdefault(key, (self, function))


class Fetch(Protocol):
    """A page of a source's feed: `Feed.changes` of this process, or `Client.changes` of another service."""

    def __call__(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> JsonObject:
        """Fetch the page after position `after`."""


class Source(Protocol):
    """The source of a reader: the client of another service, or a feed of this process."""

    def changes(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> JsonObject:
        """A page of its feed."""

    def subjects(self, kind: str, ids: Sequence[str]) -> JsonObject:
        """Some of its subjects as they are now."""


Older = Callable[[int, int], Iterable[tuple[str, str]]]
"""`older(version, limit)`: id and tenant of rows that were last written by a version below `version`."""


@dataclass(frozen=True)
class _Cursor:
    """A reader's position in one kind of a source. `forget_below` is set while it reads a new epoch."""

    epoch: str = ""
    position: int = 0
    generation: str = ""
    forget_below: int | None = None

    def is_at(self, other: _Cursor) -> bool:
        """Whether both stand at the same position of the same epoch."""
        return (self.epoch, self.position) == (other.epoch, other.position)


class Reader:
    """Applies the changes of other services in one context: an applier for each kind, a cursor for each source and
    kind.

    `lock` is called at the beginning of each transaction that applies changes.
    """

    def __init__(self, feed: Feed, lock: Callable[[], None] = lambda: None) -> None:
        self.feed = feed
        self.lock = lock
        self.parked_changes = ParkedChanges(feed.tables)
        self.appliers: dict[tuple[str, str], Callable[[Change], None]] = {}
        self.batch_appliers: dict[tuple[str, str], Callable[[Sequence[Change]], None]] = {}
        self.older: dict[tuple[str, str], Older] = {}

    def applies(self, source: str, kind: str) -> Callable[[Callable[[Change], None]], Callable[[Change], None]]:
        """Decorator: register the function that applies changes of `kind` from `source`. The function has to ignore
        versions that it has already applied."""

        def register(apply: Callable[[Change], None]) -> Callable[[Change], None]:
            self.appliers[source, kind] = apply
            return apply

        return register

    def applies_together(
        self, source: str, kind: str
    ) -> Callable[[Callable[[Sequence[Change]], None]], Callable[[Sequence[Change]], None]]:
        """Decorator: like `applies`, for a function that applies all changes of `kind` in a page with few statements.

        They are applied after the others of the page; if the page fails, each is applied alone in its place.
        """

        def register(apply: Callable[[Sequence[Change]], None]) -> Callable[[Sequence[Change]], None]:
            self.batch_appliers[source, kind] = apply
            self.appliers[source, kind] = lambda change: apply([change])
            return apply

        return register

    def forgets(self, source: str, kind: str) -> Callable[[Older], Older]:
        """Decorator: register the function that finds replica rows of `kind` written before the present epoch of
        `source`.

        Rows that the feed no longer contains are applied as deleted. Without such a function they are kept.
        """

        def register(older: Older) -> Older:
            self.older[source, kind] = older
            return older

        return register

    def kinds_of(self, source: str) -> list[str]:
        """The kinds that are read from `source`, sorted."""
        return sorted(kind for origin, kind in self.appliers if origin == source)

    def sources(self) -> list[str]:
        """The services that are read, sorted."""
        return sorted({source for source, _ in self.appliers})

    def follow(self, source: str, fetch: Fetch) -> int:
        """Read and apply everything new at `source`, fetching outside any transaction. Returns the number of changes
        applied or parked.

        Any number of processes may follow the same source: the cursor is moved by a guarded write, and a process that
        loses the race applies nothing.
        """
        applied = 0
        while True:
            with session(self.feed.database):
                place, kinds = self._furthest_behind(source)
            answer = fetch(place.position, kinds, BATCH, Seen(place.epoch, place.generation))
            if answer["epoch"] != place.epoch:
                self._restart(source, kinds, answer["epoch"], answer["firstVersion"])
                continue
            if not answer["changes"] and answer["next"] == place.position:
                if self._is_at_end(source, place):
                    return applied
                continue
            moved = self.feed.retry_on_deadlock(functools.partial(self._apply, source, kinds, place, answer))
            applied += moved
            if moved and not answer["more"] and self._is_at_end(source, replace(place, position=answer["next"])):
                return applied  # a later change rings again

    def retry_parked(self, source: str, fetch: Callable[[str, Sequence[str]], Mapping[str, Any]], now: datetime) -> int:
        """Apply again the parked changes of `source` that are due, as `fetch(kind, ids)` returns them now. Returns how
        many were tried."""
        with session(self.feed.database):
            due = self.parked_changes.due(source, now, RETRIED_AT_ONCE)
        ids_by_kind: dict[str, list[str]] = {}
        for row in due:
            ids_by_kind.setdefault(row.kind, []).append(row.subject_id)
        for kind, ids in ids_by_kind.items():
            changes = fetch(kind, ids)["changes"] if (source, kind) in self.appliers else []
            self.feed.retry_on_deadlock(functools.partial(self._apply_again, source, kind, ids, changes, now))
        return len(due)

    def _apply_again(
        self, source: str, kind: str, ids: Sequence[str], changes: Sequence[JsonObject], now: datetime
    ) -> None:
        """Apply parked subjects again. A subject that the source no longer has, or whose kind is no longer read here,
        is unparked."""
        events = [envelopes.change_fields(event) for event in changes]
        with self._locked_transaction():
            for subject in sorted(set(ids) - {event["subject"] for event in events}):
                self.parked_changes.remove(source, kind, subject)
            self._apply_each(source, events, now, {(kind, subject) for subject in ids}, self._applied)

    def _cursors(self, source: str) -> dict[str, _Cursor]:
        cursor = self.feed.tables.cursor
        rows = cursor.of_all_tenants().where(cursor.source == source)
        stored = {row.kind: _Cursor(row.epoch, row.position, row.generation, row.forget_below) for row in rows}
        return {kind: stored.get(kind, _Cursor()) for kind in self.kinds_of(source)}

    def _furthest_behind(self, source: str) -> tuple[_Cursor, list[str]]:
        """The lowest cursor, and the kinds at its position; these are read together and stay together."""
        places = self._cursors(source)
        lowest = min(places.values(), key=lambda place: place.position)
        return lowest, [kind for kind, place in places.items() if place.is_at(lowest)]

    def _is_at_end(self, source: str, last: _Cursor) -> bool:
        """Whether all kinds have been read to the end. If so, rows that the source no longer has are deleted."""
        with session(self.feed.database):
            places = self._cursors(source)
            if not all(place.is_at(last) for place in places.values()):
                return False
            for kind, place in places.items():
                if place.forget_below is not None:
                    self._forget(source, kind, place)
        return True

    def _restart(self, source: str, kinds: Sequence[str], epoch: str, first_version: int) -> None:
        """Set the cursors of these kinds to the beginning of a new epoch."""
        cursor = self.feed.tables.cursor
        with session(self.feed.database), self.feed.database.atomic():
            for kind, place in self._cursors(source).items():
                if kind not in kinds:
                    continue
                forgets = bool(place.epoch) and (source, kind) in self.older
                values = {
                    "epoch": epoch,
                    "position": 0,
                    "generation": "",
                    "forget_below": first_version if forgets else None,
                }
                cursor.insert(source=source, kind=kind, **values).on_conflict(
                    conflict_target=[cursor.source, cursor.kind],
                    update={getattr(cursor, name): value for name, value in values.items()},
                    where=cursor.epoch != epoch,
                ).execute()
        log.info("reading a feed from its beginning", extra={"source": source, "kinds": list(kinds)})

    def _forget(self, source: str, kind: str, place: _Cursor) -> None:
        """Apply as deleted, in batches, the rows that were replicated before the epoch and are not in it."""
        cursor = self.feed.tables.cursor
        version = (place.forget_below or 0) - 1  # below every version that is in the feed now
        while stale_rows := list(self.older[source, kind](version, BATCH)):
            self.feed.retry_on_deadlock(functools.partial(self._apply_deleted, source, kind, stale_rows, version))
        mine = (cursor.source == source) & (cursor.kind == kind) & (cursor.epoch == place.epoch)
        with self.feed.transaction():
            cursor.update_of_all_tenants(forget_below=None).where(mine).execute()

    def _apply_deleted(self, source: str, kind: str, stale_rows: Sequence[tuple[str, str]], version: int) -> None:
        log.warning(
            "what a feed no longer holds is deleted", extra={"source": source, "kind": kind, "count": len(stale_rows)}
        )
        events = [
            {
                "kind": kind,
                "subject": subject,
                "version": version,
                "position": 0,
                "tenant_id": tenant_id,
                "deleted": True,
                "data": {"id": subject, "tenantId": tenant_id},
            }
            for subject, tenant_id in stale_rows
        ]
        with self._locked_transaction():
            self._apply_each(source, events, clock.now(), (), _at_once)

    @contextmanager
    def _locked_transaction(self) -> Iterator[None]:
        with self.feed.transaction():
            self.lock()
            yield

    def _apply(self, source: str, kinds: Sequence[str], place: _Cursor, answer: JsonObject) -> int:
        cursor = self.feed.tables.cursor
        try:
            with self._locked_transaction():
                moved = (
                    cursor.update_of_all_tenants(position=answer["next"], generation=answer["generation"])
                    .where(
                        (cursor.source == source)
                        & cursor.kind.in_(list(kinds))
                        & (cursor.epoch == place.epoch)
                        & (cursor.position == place.position)
                    )
                    .execute()
                )
                if moved != len(kinds):
                    raise _CursorMoved
                self._apply_all(source, [envelopes.change_fields(event) for event in answer["changes"]])
        except _CursorMoved:
            return 0
        return len(answer["changes"])

    def _apply_all(self, source: str, events: Sequence[dict[str, Any]]) -> None:
        """Apply a batch, then the functions that its changes registered with `once`.

        If one change fails, all are applied again with a savepoint each, and those that fail are parked with the
        reason.
        """
        now, waiting = clock.now(), self.parked_changes.subjects(source)
        try:
            with self.feed.savepoint():
                self._apply_each(source, events, now, waiting, _at_once)
        except OperationalError:
            raise
        except Exception:
            log.info("a change cannot be applied; applying the batch one by one", extra={"source": source})
            self._apply_each(source, events, now, waiting, self._applied)

    def _apply_each(
        self,
        source: str,
        events: Sequence[dict[str, Any]],
        now: datetime,
        waiting: Collection[tuple[str, str]],
        applied: Callable[[Change, Callable[[], None]], bool],
    ) -> None:
        last: dict[Hashable, tuple[Change, Callable[[], None]]] = {}
        batches: dict[str, list[Change]] = {}
        for event in events:
            change = Change(source=source, now=now, last=last, **event)
            if applied is _at_once and (source, change.kind) in self.batch_appliers:
                batches.setdefault(change.kind, []).append(change)
            elif not applied(change, functools.partial(self.appliers[source, change.kind], change)):
                continue
            if (change.kind, change.subject) in waiting:
                self.parked_changes.remove(source, change.kind, change.subject)
        for kind, changes in batches.items():
            self.batch_appliers[source, kind](changes)
        for change, function in last.values():
            applied(change, function)

    def _applied(self, change: Change, apply: Callable[[], None]) -> bool:
        """Apply one change. Returns False when it raised and was parked. OperationalError is raised on, because the
        database does not answer."""
        try:
            self._apply_despite_conflicts(apply)
        except OperationalError:
            raise
        except Exception as error:
            subject = {"source": change.source, "kind": change.kind, "subject": change.subject}
            log.exception("a change was parked", extra=subject)
            self.parked_changes.park(
                **subject, tenant_id=change.tenant_id, version=change.version, error=error, now=change.now
            )
            return False
        return True

    def _apply_despite_conflicts(self, apply: Callable[[], None]) -> None:
        """Apply a change, and apply it again when another transaction has changed the row meanwhile."""
        for _ in range(CONFLICT_TRIES - 1):
            try:
                with self.feed.savepoint():
                    apply()
            except (Stale, Conflict):
                continue
            return
        with self.feed.savepoint():
            apply()

    def parked(self) -> int:
        """How many changes are parked."""
        return self.parked_changes.count()


def _at_once(_: Change, apply: Callable[[], None]) -> bool:
    apply()
    return True


class _CursorMoved(Exception):
    """Another process has moved this cursor since the page was fetched, and has applied the page."""
