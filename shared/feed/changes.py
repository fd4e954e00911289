"""The change feed of a service: one row for each subject, marked in the transaction that changed it and numbered when
it is read.

A reader gets the present state of a subject, not the transitions between; a lost doorbell delays it and loses nothing.
The rules are in docs/design.md, "The feed".
"""

from __future__ import annotations

import functools
import itertools
import json
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple, ParamSpec, TypeVar

import peewee

from shared.contracts import changes as envelopes
from shared.contracts.changes import Seen
from shared.database import statements
from shared.database.connection import OperationalError, is_postgres, session, writing
from shared.database.fields import UtcDateTime
from shared.database.group_commit import GroupCommit
from shared.database.model import Row
from shared.feed import cache
from shared.feed.history import History
from shared.ground.json_types import JsonObject

log = logging.getLogger(__name__)

DEADLOCK_TRIES = 4
DEADLOCK = "40P01"
"""The SQLSTATE of a deadlock in PostgreSQL."""

MARKED_AT_ONCE = 500
HEAD = statements.across_tenants(
    "SELECT last_position, EXISTS (SELECT 1 FROM feed WHERE position IS NULL) FROM feed_state"
)
"""The newest position, and whether there are dirty rows."""

P = ParamSpec("P")
Result = TypeVar("Result")
Snapshots = Callable[[list[str]], dict[str, JsonObject]]


def tables(db: Any) -> SimpleNamespace:
    """The tables of the feed, bound to one context's database. shared/database/migrations makes them.

    The feed contains the changes of all tenants: its statements run across tenants, and each row names its tenant.
    """

    class FeedRow(Row):
        kind = peewee.TextField()
        subject_id = peewee.TextField()
        tenant_id = peewee.TextField()
        version = peewee.BigIntegerField()
        position = peewee.BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "feed"
            primary_key = peewee.CompositeKey("kind", "subject_id")

    class FeedState(Row):
        id = peewee.IntegerField(primary_key=True)
        epoch = peewee.TextField()
        first_version = peewee.BigIntegerField()
        last_position = peewee.BigIntegerField()

        class Meta:
            database = db
            table_name = "feed_state"

    class FeedGeneration(Row):
        number = peewee.AutoField()
        token = peewee.TextField(unique=True)
        first_position = peewee.BigIntegerField()

        class Meta:
            database = db
            table_name = "feed_generation"

    class FeedCursor(Row):
        source = peewee.TextField()
        kind = peewee.TextField()
        epoch = peewee.TextField()
        position = peewee.BigIntegerField()
        generation = peewee.TextField(default="")
        forget_below = peewee.BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "feed_cursor"
            primary_key = peewee.CompositeKey("source", "kind")

    class FeedParked(Row):
        source = peewee.TextField()
        kind = peewee.TextField()
        subject_id = peewee.TextField()
        tenant_id = peewee.TextField(default="")
        version = peewee.BigIntegerField()
        error = peewee.TextField()
        parked_at = UtcDateTime()
        tries = peewee.IntegerField(default=1)
        retry_at = UtcDateTime(null=True)

        class Meta:
            database = db
            table_name = "feed_parked"
            primary_key = peewee.CompositeKey("source", "kind", "subject_id")

    return SimpleNamespace(
        row=FeedRow, state=FeedState, generation=FeedGeneration, cursor=FeedCursor, parked=FeedParked
    )


class FeedPlace(NamedTuple):
    """A numbered row of the feed: the version of a subject at a position."""

    kind: str
    subject_id: str
    tenant_id: str
    version: int
    position: int


class Feed:
    """The feed of one context. A verb opens its transaction by `transaction` or `group_commit`, and in no other way."""

    def __init__(self, source: str, database: Any) -> None:
        self.source = source
        self.database = database
        self.tables = tables(database)
        self.history = History(database, self.tables)
        self.snapshots: dict[str, Snapshots] = {}
        self.on_news: Callable[[Collection[str]], None] = lambda kinds: None
        self._thread = threading.local()
        self._cache = cache.ChangeCache()
        self._group_commit = GroupCommit(self.transaction, self.savepoint)
        self._number_in_transaction = self.group_commit(self._give_positions)

    def snapshot(self, kind: str) -> Callable[[Snapshots], Snapshots]:
        """Decorator: register the function that returns `{id: snapshot}` for ids of `kind`. An id that it leaves out is
        deleted."""

        def register(read: Snapshots) -> Snapshots:
            self.snapshots[kind] = read
            return read

        return register

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open the transaction of a verb; inside another one, join it.

        Marks are written last and sorted by kind and id, so that two transactions cannot deadlock on them. After the
        commit `on_news` is called with the kinds that were marked; it may not take long.
        """
        if getattr(self._thread, "marks", None) is not None:
            yield
            return
        with session(self.database):
            self._thread.marks = {}
            try:
                with writing(self.database):
                    yield
                    self._write_marks(marks := self._thread.marks)
                self._thread.commits = self._commits() + 1
            finally:
                self._thread.marks = None
        if marks:
            self.on_news({kind for kind, _ in marks})

    def group_commit(self, verb: Callable[P, Result]) -> Callable[P, Result]:
        """Decorator: run a function in a transaction of its own, whose commit it shares with other threads on SQLite
        (group commit).

        If it raises, only its own writes are undone. On PostgreSQL, which groups commits by itself, it runs in a plain
        transaction; inside an open transaction it joins that, and its writes are undone only with that.
        """

        @functools.wraps(verb)
        def joined(*args: P.args, **kwargs: P.kwargs) -> Result:
            if getattr(self._thread, "marks", None) is not None or is_postgres(self.database):
                with self.transaction():
                    return verb(*args, **kwargs)
            return self._group_commit.write(lambda: verb(*args, **kwargs))

        return joined

    def retry_on_deadlock(self, verb: Callable[[], Result]) -> Result:
        """Run `verb` and run it again when PostgreSQL aborts it as a deadlock victim, DEADLOCK_TRIES times in all.

        It is not run again when part of it has been committed, or inside an open transaction, which the caller has to
        repeat as a whole.
        """
        for tries_left in reversed(range(DEADLOCK_TRIES)):
            before = self._commits()
            try:
                return verb()
            except OperationalError as error:
                cannot_repeat = self._commits() != before or getattr(self._thread, "marks", None) is not None
                if cannot_repeat or not tries_left or not _is_deadlock(error):
                    raise
                log.info("retrying a transaction that was aborted to break a deadlock")
        raise RuntimeError("DEADLOCK_TRIES is less than 1")

    def _commits(self) -> int:
        """The number of transactions that this thread has committed."""
        return getattr(self._thread, "commits", 0)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that can fail alone: its writes and marks are undone, and the rest of the transaction
        stands."""
        marks_before = dict(self._marks())
        try:
            with self.database.atomic():
                yield
        except BaseException:
            self._thread.marks = marks_before
            raise

    def mark(self, kind: str, subject_id: str, tenant_id: str) -> None:
        """Mark a subject as changed. RuntimeError outside a transaction, or when no snapshot is registered for its
        kind."""
        if kind not in self.snapshots:
            raise RuntimeError(f"no snapshot is registered for {kind!r} in the feed of {self.source}")
        self._marks()[kind, subject_id] = tenant_id

    def _marks(self) -> dict[tuple[str, str], str]:
        marks = getattr(self._thread, "marks", None)
        if marks is None:
            raise RuntimeError("a change is marked outside feed.transaction()")
        return marks

    def _write_marks(self, marks: dict[tuple[str, str], str]) -> None:
        rows = [(kind, subject, tenant) for (kind, subject), tenant in sorted(marks.items())]
        for start in range(0, len(rows), MARKED_AT_ONCE):
            batch = rows[start : start + MARKED_AT_ONCE]
            sql = f"""INSERT INTO feed (kind, subject_id, tenant_id, version) VALUES {_new_rows(len(batch))}
                ON CONFLICT (kind, subject_id) DO UPDATE SET version = feed.version + 1, position = NULL"""  # noqa: S608
            statements.execute(self.database, sql, list(itertools.chain.from_iterable(batch)))

    def assign_positions(self) -> int:
        """Give positions to the dirty rows, by kind and id; on PostgreSQL locked ones wait for the next time.
        Returns the last position given."""
        with session(self.database):
            last, dirty = statements.execute(self.database, HEAD, ()).fetchone()
            return self._number_in_transaction() if dirty else last

    def _give_positions(self) -> int:
        state = self.tables.state
        self.history.lock()
        last = state.of_all_tenants(state.last_position).scalar()
        self.history.ensure_generation(last)
        count = self._number_dirty(last)
        if count:
            state.update_of_all_tenants(last_position=last + count).execute()
        self.history.assigned(last + count)
        return last + count

    def _number_dirty(self, last: int) -> int:
        lock = "FOR UPDATE SKIP LOCKED" if is_postgres(self.database) else ""
        sql = statements.across_tenants(f"""
            UPDATE feed SET position = ? + numbered.n
            FROM (SELECT kind, subject_id, row_number() OVER (ORDER BY kind, subject_id) AS n
                  FROM (SELECT kind, subject_id FROM feed WHERE position IS NULL {lock}) AS dirty) AS numbered
            WHERE feed.kind = numbered.kind AND feed.subject_id = numbered.subject_id""")  # noqa: S608 - only our own words
        return int(statements.execute(self.database, sql, (last,)).rowcount)

    def head(self) -> int:
        """The last position, after `assign_positions`."""
        return self.assign_positions()

    def changes(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> JsonObject:
        """`{"epoch", "generation", "firstVersion", "changes": [CloudEvents], "next", "more"}`: what changed after
        position `after`.

        Each change carries the whole present state of its subject. `seen` is the epoch and generation that the reader
        was given last; if it has read changes that this database does not have, the feed begins a new epoch.
        """
        with session(self.database):
            page = self._page(after, kinds, limit, seen)
            events = self._events(page.rows)
        return page.without_changes() | {"changes": events}

    def changes_as_json(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> str:
        """The answer of `changes` as JSON text; a change that another reader was given a moment ago comes from the
        cache."""
        with session(self.database):
            page = self._page(after, kinds, limit, seen)
            texts = self._cache.get_many(page.rows)
            fresh = [row for row in page.rows if cache.key_of(row) not in texts]
            events = self._events(fresh)
        made = {cache.key_of(row): _compact(event) for row, event in zip(fresh, events, strict=True)}
        self._cache.put(made)
        texts |= made
        changes = ",".join(texts[cache.key_of(row)] for row in page.rows)
        return f'{_compact(page.without_changes())[:-1]},"changes":[{changes}]}}'

    def subjects(self, kind: str, ids: Sequence[str]) -> JsonObject:
        """`{"changes": [CloudEvents]}`: these subjects as they are now; ids that the feed does not contain are left
        out."""
        row = self.tables.row
        with session(self.database):
            self.assign_positions()
            query = row.of_all_tenants().where(
                (row.kind == kind) & row.subject_id.in_(list(ids)) & row.position.is_null(False)
            )
            rows = list(query) if kind in self.snapshots else []
            return {"changes": self._events(rows)}

    def _page(self, after: int, kinds: Sequence[str], limit: int, seen: Seen | None) -> _Page:
        state = self.tables.state
        head = self.assign_positions()
        if seen is not None and self.history.diverged(after, head, seen):
            self.history.begin_epoch(after, instead_of=seen.epoch)
            head = self.assign_positions()
        now = state.of_all_tenants().get()
        rows = self._rows_after(after, [kind for kind in kinds if kind in self.snapshots], limit + 1)
        generation = self.history.newest()
        more, rows = len(rows) > limit, rows[:limit]
        furthest = rows[-1].position if rows else 0
        last = furthest if more else max(head, after, furthest)
        return _Page(now.epoch, generation, now.first_version, rows, last, more)

    def _rows_after(self, after: int, kinds: Sequence[str], limit: int) -> list[FeedPlace]:
        if not kinds:
            return []
        sql = statements.across_tenants(f"""
            SELECT kind, subject_id, tenant_id, version, position FROM feed
            WHERE position > ? AND kind IN ({", ".join("?" * len(kinds))}) ORDER BY position LIMIT ?""")  # noqa: S608
        return [FeedPlace(*row) for row in statements.execute(self.database, sql, (after, *kinds, limit)).fetchall()]

    def _events(self, rows: Sequence[Any]) -> list[JsonObject]:
        snapshots = self._snapshots_of(rows)
        return [envelopes.envelope(self.source, row, snapshots.get((row.kind, row.subject_id))) for row in rows]

    def _snapshots_of(self, rows: Sequence[Any]) -> dict[tuple[str, str], JsonObject]:
        ids_by_kind: dict[str, list[str]] = {}
        for row in rows:
            ids_by_kind.setdefault(row.kind, []).append(row.subject_id)
        return {
            (kind, subject): data
            for kind, ids in ids_by_kind.items()
            for subject, data in self.snapshots[kind](ids).items()
        }


def _is_deadlock(error: OperationalError) -> bool:
    """Whether the driver's own error, which peewee wraps, is a deadlock."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == DEADLOCK


@functools.lru_cache(maxsize=512)
def _new_rows(count: int) -> str:
    """The VALUES clause for `count` new feed rows.

    A new subject begins at the first version of the epoch (the time at which it began, in milliseconds), so that a
    reader that remembers an earlier database accepts it as newer.
    """
    return ", ".join(["(?, ?, ?, (SELECT first_version FROM feed_state))"] * count)


_compact = functools.partial(json.dumps, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class _Page:
    """Feed rows in order, and the position at which the next page begins."""

    epoch: str
    generation: str
    first_version: int
    rows: Sequence[Any]
    next: int
    more: bool

    def without_changes(self) -> JsonObject:
        """The answer without its changes."""
        return {
            "epoch": self.epoch,
            "generation": self.generation,
            "firstVersion": self.first_version,
            "next": self.next,
            "more": self.more,
        }
