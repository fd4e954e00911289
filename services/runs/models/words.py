"""The words that partnerships and guided runs are found by, and what is asked of them: each of one tenant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import peewee
from peewee import fn

from services.runs.models.table import Table, db
from shared import keyset, statements
from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.words import words_of

MOST_WORDS = 200
"""Of one subject: a partnership has many contacts, and each is to be found."""

LAST = "\U0010ffff"
"""Sorts behind every text."""

FOUND = 1_000
"""So many subjects of a word are tested one by one within a few milliseconds; those of more are taken off the index at once."""

ONE = peewee.SQL("1")


class SearchWord(Table):
    """One word of one subject; `kind` is that of the feed. `place` is what the subject's kind is sorted by where nobody says
    otherwise: a page of what was found is read off the index of the words alone."""

    kind = peewee.TextField()
    subject_id = peewee.TextField()
    word = peewee.TextField()
    tenant_id = peewee.TextField()
    place = peewee.TextField()

    class Meta:
        table_name = "search_word"
        primary_key = peewee.CompositeKey("kind", "subject_id", "word")
        indexes = ((("tenant_id", "kind", "word", "place", "subject_id"), False),)


Told = SearchWord.alias()
"""Another word of the same subject."""


@dataclass(frozen=True)
class Match:
    """Subjects that have a word for each of some beginnings.

    `looked_up` is the query for their ids; `tests` ask the same of a row; `counted` counts how many these are at most, up to
    COUNTED_UP_TO + 1. `words` are the conditions by which the rarest of their words are found, none where they are not found by words.
    """

    looked_up: Any
    tests: tuple[Any, ...]
    counted: Callable[[], int]
    words: tuple[Any, ...] = ()

    @cached_property
    def count(self) -> int:
        """How many these are at most; only asked where it matters."""
        return self.counted()

    def page(self, way: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
        """A page of their ids in the order of their places, `way` being asc or desc."""
        placed = SearchWord.select(SearchWord.place, SearchWord.subject_id).where(*self.words).distinct()
        order = [(SearchWord.place, way), (SearchWord.subject_id, way)]
        return keyset.page_of_found(placed, order, limit=limit, offset=offset, cursor=cursor)


def keep(
    kind: str, tenant_id: str, subject_id: str, texts: Iterable[str | None], *, place: str | datetime, new: bool = False
) -> None:
    """Find this subject by the words of these texts, and by no others, at this place. `new`: it has none so far."""
    if not new:
        drop(kind, subject_id)
    words = words_of(*texts, most=MOST_WORDS)
    if words:
        at = place if isinstance(place, str) else moment(place)
        sql = f"INSERT INTO search_word (kind, subject_id, word, tenant_id, place) VALUES {statements.rows_of(len(words), 5)}"  # noqa: S608 - our own words alone
        statements.execute(db, sql, [value for word in words for value in (kind, subject_id, word, tenant_id, at)])


def drop(kind: str, subject_id: str) -> None:
    """Find this subject no more."""
    statements.execute(db, "DELETE FROM search_word WHERE kind = ? AND subject_id = ?", [kind, subject_id])


def match(kind: str, tenant_id: str, text: str, id_column: Any) -> Match | None:
    """The subjects of a kind that `text` means: each word of it is the beginning of one of theirs. None when it has no
    words; then nothing is meant."""
    beginnings = words_of(text)
    if not beginnings:
        return None
    tests = tuple(_has(kind, one, id_column) for one in beginnings)
    if len(beginnings) == 1:
        words: tuple[Any, ...] = (_found(SearchWord, kind, tenant_id, beginnings[0]),)
        return Match(_ids(words), tests, lambda: _counts(kind, tenant_id, beginnings)[0], words)
    counts = _counts(kind, tenant_id, beginnings)
    fewest = min(counts)
    rarest = counts.index(fewest)
    others = [beginning for place, beginning in enumerate(beginnings) if place != rarest]
    if fewest <= FOUND:
        also = [_has(kind, other, SearchWord.subject_id) for other in others]
    else:
        also = [SearchWord.subject_id.in_(_subjects(kind, tenant_id, other)) for other in others]
    words = (_found(SearchWord, kind, tenant_id, beginnings[rarest]), *also)
    return Match(_ids(words), tests, lambda: fewest, words)


def moment(at: datetime) -> str:
    """A moment as a place: a text that sorts as time."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _subjects(kind: str, tenant_id: str, beginning: str) -> Any:
    return Told.select(Told.subject_id).where(_found(Told, kind, tenant_id, beginning))


def _ids(words: tuple[Any, ...]) -> Any:
    return SearchWord.select(SearchWord.subject_id).where(*words)


def _counts(kind: str, tenant_id: str, beginnings: list[str]) -> list[int]:
    """How many words begin so, each counted up to COUNTED_UP_TO + 1, with one question."""
    counts = [_count(kind, tenant_id, beginning) for beginning in beginnings]
    return list(next(iter(peewee.Select(columns=counts).bind(db).tuples())))


def _count(kind: str, tenant_id: str, beginning: str) -> Any:
    mine = SearchWord.select(ONE).where(_found(SearchWord, kind, tenant_id, beginning))
    return peewee.Select([mine.limit(COUNTED_UP_TO + 1)], [fn.COUNT(ONE)])


def _found(table: Any, kind: str, tenant_id: str, beginning: str) -> Any:
    return (table.tenant_id == tenant_id) & (table.kind == kind) & _begins(table, beginning)


def _has(kind: str, beginning: str, id_column: Any) -> Any:
    mine = (Told.kind == kind) & (Told.subject_id == id_column) & _begins(Told, beginning)
    return fn.EXISTS(Told.select(ONE).where(mine))


def _begins(table: Any, beginning: str) -> Any:
    """A range that an index serves on both engines; the migration gives the column PostgreSQL's byte order."""
    return (table.word >= beginning) & (table.word < beginning + LAST)
