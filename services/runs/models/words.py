"""The words that partnerships and guided runs are found by, and what is asked of them: each of one tenant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import peewee
from peewee import fn

from services.runs.models.table import Table, db
from shared import statements
from shared.contracts.paging import COUNTED_UP_TO
from shared.words import words_of

MOST_WORDS = 200
"""Of one subject: a partnership has many contacts, and each is to be found."""

LAST = "\U0010ffff"
"""Sorts behind every text."""

FOUND = 1_000
"""So many subjects of a word are read one by one within a few milliseconds; of more, the list is walked, and each tested."""

ONE = peewee.SQL("1")


class SearchWord(Table):
    """One word of one subject; `kind` is that of the feed."""

    kind = peewee.TextField()
    subject_id = peewee.TextField()
    word = peewee.TextField()
    tenant_id = peewee.TextField()

    class Meta:
        table_name = "search_word"
        primary_key = peewee.CompositeKey("kind", "subject_id", "word")
        indexes = ((("tenant_id", "kind", "word", "subject_id"), False),)


@dataclass(frozen=True)
class Match:
    """Subjects that have a word for each of some beginnings.

    `looked_up` is the query for the ids of those that have the rarest of them, `count` how many these are at most, FOUND + 1 for
    more; `others` tests the other beginnings of a row, `tests` all of them.
    """

    looked_up: Any
    count: int
    others: tuple[Any, ...]
    tests: tuple[Any, ...]

    def total(self) -> int:
        """How many these are, counted up to COUNTED_UP_TO + 1."""
        return int(self.looked_up.distinct().limit(COUNTED_UP_TO + 1).count())


def keep(kind: str, tenant_id: str, subject_id: str, texts: Iterable[str | None], *, new: bool = False) -> None:
    """Find this subject by the words of these texts, and by no others. `new`: it has none so far."""
    if not new:
        drop(kind, subject_id)
    words = words_of(*texts, most=MOST_WORDS)
    if words:
        sql = f"INSERT INTO search_word (kind, subject_id, word, tenant_id) VALUES {statements.rows_of(len(words), 4)}"  # noqa: S608 - our own words alone
        statements.execute(db, sql, [value for word in words for value in (kind, subject_id, word, tenant_id)])


def drop(kind: str, subject_id: str) -> None:
    """Find this subject no more."""
    statements.execute(db, "DELETE FROM search_word WHERE kind = ? AND subject_id = ?", [kind, subject_id])


def match(kind: str, tenant_id: str, text: str, id_column: Any) -> Match | None:
    """The subjects of a kind that `text` means: each word of it is the beginning of one of theirs. None when it has no
    words; then nothing is meant."""
    beginnings = words_of(text)
    if not beginnings:
        return None
    counts = [_count(kind, tenant_id, beginning) for beginning in beginnings]
    found = next(iter(peewee.Select(columns=counts).bind(db).tuples()))
    rarest = min(range(len(beginnings)), key=lambda place: found[place])
    tests = [_has(kind, beginning, id_column) for beginning in beginnings]
    looked_up = SearchWord.select(SearchWord.subject_id).where(_found(kind, tenant_id, beginnings[rarest]))
    others = tuple(test for place, test in enumerate(tests) if place != rarest)
    return Match(looked_up, found[rarest], others, tuple(tests))


def _count(kind: str, tenant_id: str, beginning: str) -> Any:
    mine = SearchWord.select(ONE).where(_found(kind, tenant_id, beginning))
    return peewee.Select([mine.limit(FOUND + 1)], [fn.COUNT(ONE)])


def _found(kind: str, tenant_id: str, beginning: str) -> Any:
    return (SearchWord.tenant_id == tenant_id) & (SearchWord.kind == kind) & _begins(beginning)


def _has(kind: str, beginning: str, id_column: Any) -> Any:
    mine = (SearchWord.kind == kind) & (SearchWord.subject_id == id_column) & _begins(beginning)
    return fn.EXISTS(SearchWord.select(ONE).where(mine))


def _begins(beginning: str) -> Any:
    """A range that an index serves on both engines; the migration gives the column PostgreSQL's byte order."""
    return (SearchWord.word >= beginning) & (SearchWord.word < beginning + LAST)
