"""How a service reads what the others tell: an applier a kind, a cursor a source and kind, and what cannot be applied is parked.

The rules are DESIGN.md section 3, "The feed".
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared import clock
from shared.contracts import changes as envelopes
from shared.database import OperationalError, session
from shared.feed import Feed

log = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True)
class Change:
    """One change as a reader gets it: `data` is the whole snapshot, empty when `deleted`."""

    source: str
    kind: str
    subject: str
    version: int
    position: int
    tenant_id: str
    deleted: bool
    data: dict[str, Any]
    now: datetime
    last: dict[Hashable, tuple[Change, Callable[[], None]]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, function: Callable[[], None]) -> None:
        """Do this after all changes of the batch, in their transaction, and once for `key` however many of them ask for it."""
        self.last.setdefault(key, (self, function))


Fetch = Callable[[int, Sequence[str], int], dict[str, Any]]


class Reader:
    """What one context does with the changes of others: an applier a kind, and a cursor a source and kind."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.appliers: dict[tuple[str, str], Callable[[Change], None]] = {}

    def applies(self, source: str, kind: str) -> Callable[[Callable[[Change], None]], Callable[[Change], None]]:
        """Decorator: this function applies changes of `kind` from `source`; it ignores what is not newer than what it has."""

        def register(apply: Callable[[Change], None]) -> Callable[[Change], None]:
            self.appliers[source, kind] = apply
            return apply

        return register

    def kinds_of(self, source: str) -> list[str]:
        """The kinds that are read from `source`."""
        return sorted(kind for known, kind in self.appliers if known == source)

    def sources(self) -> list[str]:
        """The services that are read."""
        return sorted({source for source, _ in self.appliers})

    def follow(self, source: str, fetch: Fetch) -> int:
        """Read and apply all that is new at `source`; the number of changes applied. Fetches outside any transaction.

        Any number of processes may follow the same source: the cursor is a guarded write, and who comes second applies nothing.
        """
        applied = 0
        while True:
            with session(self.feed.database):
                (epoch, position), kinds = self._furthest_behind(source)
            answer = fetch(position, kinds, BATCH)
            if answer["epoch"] != epoch:
                self._begin_again(source, kinds, answer["epoch"])
                continue
            if not answer["changes"] and answer["next"] == position:
                if self._all_at(source, position):
                    return applied
                continue
            moved = self.feed.again(functools.partial(self._apply, source, kinds, epoch, position, answer))
            applied += moved
            if moved and not answer["more"] and self._all_at(source, answer["next"]):
                return applied  # what comes from here on is rung again

    def _cursors(self, source: str) -> dict[str, tuple[str, int]]:
        cursor = self.feed.tables.cursor
        known = {one.kind: (one.epoch, one.position) for one in cursor.select().where(cursor.source == source)}
        return {kind: known.get(kind, ("", 0)) for kind in self.kinds_of(source)}

    def _furthest_behind(self, source: str) -> tuple[tuple[str, int], list[str]]:
        """The lowest cursor and the kinds that stand at it; kinds that stand together are read together and stay so."""
        cursors = self._cursors(source)
        lowest = min(cursors.values(), key=lambda place: place[1])
        return lowest, [kind for kind, place in cursors.items() if place == lowest]

    def _all_at(self, source: str, position: int) -> bool:
        with session(self.feed.database):
            return all(place == position for _, place in self._cursors(source).values())

    def _begin_again(self, source: str, kinds: Sequence[str], epoch: str) -> None:
        cursor = self.feed.tables.cursor
        with session(self.feed.database), self.feed.database.atomic():
            for kind in kinds:
                cursor.insert(source=source, kind=kind, epoch=epoch, position=0).on_conflict(
                    conflict_target=[cursor.source, cursor.kind],
                    update={cursor.epoch: epoch, cursor.position: 0},
                    where=cursor.epoch != epoch,
                ).execute()
        log.info("reading a feed from its beginning", extra={"source": source, "kinds": list(kinds)})

    def _apply(self, source: str, kinds: Sequence[str], epoch: str, position: int, answer: dict[str, Any]) -> int:
        cursor = self.feed.tables.cursor
        try:
            with self.feed.transaction():
                moved = (
                    cursor.update(position=answer["next"])
                    .where(
                        (cursor.source == source)
                        & cursor.kind.in_(list(kinds))
                        & (cursor.epoch == epoch)
                        & (cursor.position == position)
                    )
                    .execute()
                )
                if moved != len(kinds):
                    raise _SomebodyWasFirst
                self._apply_all(source, [envelopes.opened(event) for event in answer["changes"]])
        except _SomebodyWasFirst:
            return 0
        return len(answer["changes"])

    def _apply_all(self, source: str, events: Sequence[dict[str, Any]]) -> None:
        """Apply all, then what they want done once; when one of them cannot be applied, again with each in a savepoint of its
        own: it is parked with its reason, and passed."""
        parked, now = self.feed.tables.parked, clock.now()
        known = parked.select(parked.kind, parked.subject_id).where(parked.source == source)
        waiting = {(one.kind, one.subject_id) for one in known}
        try:
            with self.feed.savepoint():
                self._apply_each(source, events, now, waiting, _at_once)
        except OperationalError:
            raise
        except Exception:
            log.info("a change cannot be applied; each of its batch is applied by itself", extra={"source": source})
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
        for event in events:
            change = Change(source=source, now=now, last=last, **event)
            apply = functools.partial(self.appliers[source, change.kind], change)
            if applied(change, apply) and (change.kind, change.subject) in waiting:
                self._unpark(change)
        for change, function in last.values():
            applied(change, function)

    def _applied(self, change: Change, apply: Callable[[], None]) -> bool:
        """False when it raised, and the change was parked. A database that is away stops it all."""
        try:
            with self.feed.savepoint():
                apply()
        except OperationalError:
            raise
        except Exception as error:
            told = {"source": change.source, "kind": change.kind, "subject": change.subject}
            log.exception("a change was parked", extra=told)
            self._unpark(change)
            self.feed.tables.parked.insert(
                source=change.source,
                kind=change.kind,
                subject_id=change.subject,
                version=change.version,
                error=f"{type(error).__name__}: {error}"[:2000],
                parked_at=change.now,
            ).execute()
            return False
        return True

    def _unpark(self, change: Change) -> None:
        parked = self.feed.tables.parked
        parked.delete().where(
            (parked.source == change.source) & (parked.kind == change.kind) & (parked.subject_id == change.subject)
        ).execute()

    def parked(self) -> int:
        """How many changes could not be applied and wait for a newer version, or for a person."""
        return self.feed.tables.parked.select().count()


def _at_once(_: Change, apply: Callable[[], None]) -> bool:
    apply()
    return True


class _SomebodyWasFirst(Exception):
    """Another process moved this cursor while we fetched; what it applied need not be applied again."""
