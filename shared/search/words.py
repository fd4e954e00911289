"""Stores the search words of a context's subjects, in a table that has the same form in every context."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import peewee

from shared.database import statements
from shared.database.model import Row
from shared.search.matching import Beginning, Match, Parts, WordMatch
from shared.search.terms import words_of

MOST_WORDS = 200
"""The most words of one subject; a partnership has many contacts, which should all be found."""

LONGEST_TEXT = 600
"""The most characters of all words of a subject that is found by parts of words, because PostgreSQL takes at most 2,704
bytes into an index."""

ROWS_AT_ONCE = 1_000
"""Rows of one statement; five values each are within what either engine takes."""


class Words:
    """The words of the subjects in one context's database. `across_tenants` adds the index for searches in all tenants."""

    def __init__(self, db: Any, *, across_tenants: bool = False) -> None:
        class SearchWord(Row):
            """One word of a subject, or all of its words, after a blank, if it is found by parts of words.

            `kind` is that of the feed. `place` is the default sort key of a list of this kind, so that a page of a
            search is read from the index of the words alone.
            """

            kind = peewee.TextField()
            subject_id = peewee.TextField()
            word = peewee.TextField()
            tenant_id = peewee.TextField()
            place = peewee.TextField()

            class Meta:
                database = db
                table_name = "search_word"
                primary_key = peewee.CompositeKey("kind", "subject_id", "word")
                indexes = ((("tenant_id", "kind", "word", "place", "subject_id"), False),)

        if across_tenants:
            key = (SearchWord.kind, SearchWord.word, SearchWord.place, SearchWord.subject_id)
            SearchWord.add_index(SearchWord.index(*key, name="search_word_found_everywhere"))
        self.db = db
        self.table = SearchWord

    def index(
        self,
        kind: str,
        tenant_id: str,
        subject_id: str,
        texts: Iterable[str | None],
        *,
        place: str | datetime = "",
        new: bool = False,
        parts: bool = False,
    ) -> None:
        """Replace the search words of a subject by those of these texts, at this place. `new` says that it has none
        yet.

        With `parts` it is found only by searches for parts of words.
        """
        if not new:
            self.drop(kind, tenant_id, subject_id)
        words = words_of(*texts, most=MOST_WORDS)
        if words:
            if parts:
                words = [f" {' '.join(words)}"[:LONGEST_TEXT]]
            at = place if isinstance(place, str) else moment(place)
            sql = f"INSERT INTO search_word (kind, subject_id, word, tenant_id, place) VALUES {statements.rows_of(len(words), 5)}"  # noqa: S608 - our own words alone
            values = [value for word in words for value in (kind, subject_id, word, tenant_id, at)]
            statements.execute(self.db, sql, values)

    def index_new(self, kind: str, subjects: Iterable[tuple[str, str, Iterable[str | None]]]) -> None:
        """Add the search words of many new subjects, each as (tenant_id, subject_id, texts), in few statements."""
        rows = [
            (kind, subject_id, word, tenant_id, "")
            for tenant_id, subject_id, texts in subjects
            for word in words_of(*texts, most=MOST_WORDS)
        ]
        for start in range(0, len(rows), ROWS_AT_ONCE):
            block = rows[start : start + ROWS_AT_ONCE]
            sql = f"INSERT INTO search_word (kind, subject_id, word, tenant_id, place) VALUES {statements.rows_of(len(block), 5)}"  # noqa: S608 - our own words alone
            statements.execute(self.db, sql, [value for row in block for value in row])

    def drop(self, kind: str, tenant_id: str, subject_id: str) -> None:
        """Delete the search words of a subject."""
        sql = "DELETE FROM search_word WHERE kind = ? AND subject_id = ? AND tenant_id = ?"
        statements.execute(self.db, sql, [kind, subject_id, tenant_id])

    def match(
        self, kind: str, tenant_id: str | None, text: str | None, id_column: Any, *, parts: bool = False
    ) -> Match | None:
        """The subjects of a kind that have, for each word of `text`, a word that begins with it or, with `parts`,
        contains it; the latter reads the words of all the tenant's subjects. None if the text is blank; a text without
        a word matches nothing.

        A `tenant_id` of None searches all tenants.
        """
        if not text or not text.strip():
            return None
        words = words_of(text)
        if not words:
            never = peewee.SQL("1 = 0")
            return Match(self.table.of_all_tenants(self.table.subject_id).where(never), [never], lambda: 0)
        terms = [Parts(words)] if parts else [Beginning(word) for word in words]
        return WordMatch(self.table, kind, tenant_id, terms, id_column)


def moment(at: datetime) -> str:
    """A moment as a place: a text that sorts by time."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
