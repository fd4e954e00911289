"""How a service tells the others: one row a subject, marked in the transaction that changed it, numbered when it is read.

The rules are DESIGN.md section 3, "The feed". Readers see states, never transitions; losing a doorbell costs time and no news.
"""

from __future__ import annotations

import functools
import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar

import peewee

from shared import statements, telling
from shared.columns import UtcDateTime
from shared.contracts import changes as envelopes
from shared.database import OperationalError, is_postgres, session, writing
from shared.joining import Joining

log = logging.getLogger(__name__)

NUMBERING_LOCK = 0x7A4DE402
"""Key of PostgreSQL's advisory lock under which positions are given out."""

DEADLOCK_TRIES = 4
DEADLOCK = "40P01"
"""PostgreSQL's name for one (SQLSTATE)."""

MARKED_AT_ONCE = 500
P = ParamSpec("P")
Result = TypeVar("Result")
Snapshots = Callable[[list[str]], dict[str, dict[str, Any]]]


def tables(db: Any) -> SimpleNamespace:
    """The feed's tables, bound to one context's database (shared/migrations makes them)."""

    class FeedRow(peewee.Model):
        kind = peewee.TextField()
        subject_id = peewee.TextField()
        tenant_id = peewee.TextField()
        version = peewee.BigIntegerField()
        position = peewee.BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "feed"
            primary_key = peewee.CompositeKey("kind", "subject_id")

    class FeedState(peewee.Model):
        id = peewee.IntegerField(primary_key=True)
        epoch = peewee.TextField()
        first_version = peewee.BigIntegerField()
        last_position = peewee.BigIntegerField()

        class Meta:
            database = db
            table_name = "feed_state"

    class FeedCursor(peewee.Model):
        source = peewee.TextField()
        kind = peewee.TextField()
        epoch = peewee.TextField()
        position = peewee.BigIntegerField()

        class Meta:
            database = db
            table_name = "feed_cursor"
            primary_key = peewee.CompositeKey("source", "kind")

    class FeedParked(peewee.Model):
        source = peewee.TextField()
        kind = peewee.TextField()
        subject_id = peewee.TextField()
        version = peewee.BigIntegerField()
        error = peewee.TextField()
        parked_at = UtcDateTime()

        class Meta:
            database = db
            table_name = "feed_parked"
            primary_key = peewee.CompositeKey("source", "kind", "subject_id")

    return SimpleNamespace(row=FeedRow, state=FeedState, cursor=FeedCursor, parked=FeedParked)


class Feed:
    """The feed of one context, and with it the one way to open a transaction there."""

    def __init__(self, source: str, database: Any) -> None:
        self.source = source
        self.database = database
        self.tables = tables(database)
        self.snapshots: dict[str, Snapshots] = {}
        self.on_news: Callable[[], None] = lambda: None
        self._thread = threading.local()
        self._told = telling.Told()
        self._joining = Joining(self.transaction, self.savepoint)
        self._number = self.together(self._give_positions)
        self._first: int | None = None

    def snapshot(self, kind: str) -> Callable[[Snapshots], Snapshots]:
        """Decorator: this function answers `{id: snapshot}` for the ids of a kind; one that it leaves out is deleted."""

        def register(read: Snapshots) -> Snapshots:
            self.snapshots[kind] = read
            return read

        return register

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """The one transaction of a verb. Inside another one it joins it; marks are written last, and sorted, so that two
        transactions never wait for each other crosswise. After the commit a flag is set, and nothing else is done."""
        if getattr(self._thread, "marks", None) is not None:
            yield
            return
        with session(self.database):
            self._thread.marks = {}
            try:
                with writing(self.database):
                    yield
                    news = self._write_marks(self._thread.marks)
                self._thread.commits = self._commits() + 1
            finally:
                self._thread.marks = None
        if news:
            self.on_news()

    def together(self, verb: Callable[P, Result]) -> Callable[P, Result]:
        """Decorator: a verb whose whole body is its transaction, and whose commit on SQLite it shares with those that other
        threads want written at the same moment. It fails alone. On PostgreSQL, whose commits join by themselves, and inside a
        transaction, it is the same without company."""

        @functools.wraps(verb)
        def joined(*args: P.args, **kwargs: P.kwargs) -> Result:
            if getattr(self._thread, "marks", None) is not None or is_postgres(self.database):
                with self.transaction():
                    return verb(*args, **kwargs)
            return self._joining.write(lambda: verb(*args, **kwargs))

        return joined

    def again(self, verb: Callable[[], Result]) -> Result:
        """What `verb()` answers. Where PostgreSQL gives it up to break a deadlock it is done again, unless something of it is
        committed already. Inside a transaction it is done once: that is lost as a whole, and its own caller's to repeat."""
        for tries_left in reversed(range(DEADLOCK_TRIES)):
            before = self._commits()
            try:
                return verb()
            except OperationalError as error:
                done = self._commits() != before or getattr(self._thread, "marks", None) is not None
                if done or not tries_left or not _is_deadlock(error):
                    raise
                log.info("what was given up to break a deadlock is done again")
        raise RuntimeError("a deadlock is tried at least once")

    def _commits(self) -> int:
        """How many transactions this thread has committed."""
        return getattr(self._thread, "commits", 0)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that may fail alone: its writes and its marks are then undone, the rest stands."""
        kept = dict(self._marks())
        try:
            with self.database.atomic():
                yield
        except BaseException:
            self._thread.marks = kept
            raise

    def mark(self, kind: str, subject_id: str, tenant_id: str) -> None:
        """Say that this subject changed; only inside `transaction`. RuntimeError for a kind that has no snapshot."""
        if kind not in self.snapshots:
            raise RuntimeError(f"no snapshot is registered for {kind!r} in the feed of {self.source}")
        self._marks()[kind, subject_id] = tenant_id

    def _marks(self) -> dict[tuple[str, str], str]:
        marks = getattr(self._thread, "marks", None)
        if marks is None:
            raise RuntimeError("a change is marked outside feed.transaction()")
        return marks

    def _write_marks(self, marks: dict[tuple[str, str], str]) -> bool:
        rows = [(kind, subject, tenant, self._first_version()) for (kind, subject), tenant in sorted(marks.items())]
        for start in range(0, len(rows), MARKED_AT_ONCE):
            part = rows[start : start + MARKED_AT_ONCE]
            sql = f"""INSERT INTO feed (kind, subject_id, tenant_id, version) VALUES {statements.rows_of(len(part), 4)}
                ON CONFLICT (kind, subject_id) DO UPDATE SET version = feed.version + 1, position = NULL"""  # noqa: S608
            statements.execute(self.database, sql, list(itertools.chain.from_iterable(part)))
        return bool(rows)

    def _first_version(self) -> int:
        """The version of a new subject: the moment at which this database was made, in milliseconds. A source that was built
        again therefore speaks with higher versions than before, and readers that remember the old ones believe it."""
        if self._first is None:
            self._first = self.tables.state.select(self.tables.state.first_version).scalar()
        return self._first

    def number(self) -> int:
        """Give a position to all that is dirty, in the order in which it was committed; returns the last position given."""
        state, row = self.tables.state, self.tables.row
        with session(self.database):
            if not row.select(row.kind).where(row.position.is_null()).limit(1).exists():
                return state.select(state.last_position).scalar()
            return self._number()

    def _give_positions(self) -> int:
        state = self.tables.state
        if is_postgres(self.database):
            self.database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (NUMBERING_LOCK,))
        last = state.select(state.last_position).scalar()
        given = self._number_dirty(last)
        if given:
            state.update(last_position=last + given).execute()
        return last + given

    def _number_dirty(self, last: int) -> int:
        lock = "FOR UPDATE SKIP LOCKED" if is_postgres(self.database) else ""
        parameter = "%s" if is_postgres(self.database) else "?"
        return self.database.execute_sql(
            f"""UPDATE feed SET position = {parameter} + numbered.n
                FROM (SELECT kind, subject_id, row_number() OVER (ORDER BY kind, subject_id) AS n
                      FROM (SELECT kind, subject_id FROM feed WHERE position IS NULL {lock}) AS dirty) AS numbered
                WHERE feed.kind = numbered.kind AND feed.subject_id = numbered.subject_id""",  # noqa: S608 - nothing of it is from outside
            (last,),
        ).rowcount

    def head(self) -> int:
        """The last position, after numbering what is dirty."""
        return self.number()

    def changes(self, after: int, kinds: Sequence[str], limit: int) -> dict[str, Any]:
        """`{"epoch", "changes": [CloudEvents], "next", "more"}`: what changed behind position `after`, whole and as it is now."""
        with session(self.database):
            page = self._page(after, kinds, limit)
            events = self._events(page.rows)
        return {"epoch": page.epoch, "changes": events, "next": page.next, "more": page.more}

    def changes_as_json(self, after: int, kinds: Sequence[str], limit: int) -> str:
        """What `changes` answers, as the text that goes out: what one reader was told a moment ago, the next is told in the
        same words, without another look."""
        with session(self.database):
            page = self._page(after, kinds, limit)
            texts = self._told.known(page.rows)
            fresh = [one for one in page.rows if telling.key_of(one) not in texts]
            events = self._events(fresh)
        made = {telling.key_of(one): _compact(event) for one, event in zip(fresh, events, strict=True)}
        self._told.keep(made)
        texts |= made
        told = ",".join(texts[telling.key_of(one)] for one in page.rows)
        return f'{{"epoch":{_compact(page.epoch)},"next":{page.next},"more":{_compact(page.more)},"changes":[{told}]}}'

    def _page(self, after: int, kinds: Sequence[str], limit: int) -> _Page:
        row, state = self.tables.row, self.tables.state
        head = self.number()
        epoch = state.select(state.epoch).scalar()
        known = [kind for kind in kinds if kind in self.snapshots]
        query = row.select().where((row.position > after) & row.kind.in_(known)).order_by(row.position)
        rows = list(query.limit(limit + 1)) if known else []
        more, rows = len(rows) > limit, rows[:limit]
        furthest = rows[-1].position if rows else 0
        return _Page(epoch, rows, furthest if more else max(head, after, furthest), more)

    def _events(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        found = self._snapshots_of(rows)
        return [envelopes.envelope(self.source, one, found.get((one.kind, one.subject_id))) for one in rows]

    def _snapshots_of(self, rows: Sequence[Any]) -> dict[tuple[str, str], dict[str, Any]]:
        wanted: dict[str, list[str]] = {}
        for one in rows:
            wanted.setdefault(one.kind, []).append(one.subject_id)
        return {
            (kind, subject): data for kind, ids in wanted.items() for subject, data in self.snapshots[kind](ids).items()
        }


def _is_deadlock(error: OperationalError) -> bool:
    """Whether the driver's own error, which peewee's one holds, is that of a broken deadlock."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == DEADLOCK


_compact = functools.partial(json.dumps, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class _Page:
    """Feed rows in their order, and where the next page begins."""

    epoch: str
    rows: Sequence[Any]
    next: int
    more: bool
