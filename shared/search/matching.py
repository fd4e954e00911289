"""Finds the subjects that have a word for each term of a search, as conditions and as pages."""

from __future__ import annotations

import functools
import json
import operator
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import peewee
from peewee import fn

from shared.contracts.paging import COUNTED_UP_TO, Page
from shared.database import pagination, statements
from shared.database.connection import is_postgres
from shared.search import common_subjects
from shared.search.common_subjects import LAST

MOST_BEGUN = 20
"""The most words with the typed beginning among which `newest` searches."""

FEW_SUBJECTS = 1_000
"""Up to this many subjects of a word are tested one by one within a few milliseconds; more are read from the index at
once."""

FOUND_FEW = 5_000
"""Up to this many subjects are looked up and sorted at once, without a filter to narrow them first."""

ONE = peewee.SQL("1")


class Match:
    """The subjects to which a search narrows a list.

    `ids` is the query for their ids; `tests` are the same condition on a row; `counted` returns an upper bound of their
    number, up to COUNTED_UP_TO + 1.
    """

    def __init__(self, ids: Any, tests: Sequence[Any], counted: Callable[[], int]) -> None:
        self.ids, self.tests, self._counted = ids, tests, counted

    @cached_property
    def count(self) -> int:
        """An upper bound of their number; only counted when it is needed."""
        return self._counted()

    @cached_property
    def is_few(self) -> bool:
        """Whether so few match that they are sooner looked up and sorted than come across in a list."""
        return self.count <= FOUND_FEW

    def looked_up(self, id_column: Any) -> Any:
        """The condition that a row is one of the few that match."""
        return id_column.in_(self.ids)

    def or_id(self, tenant_id: str, subject_id: str, id_column: Any) -> Match:
        """This match or the tenant's subject of this id."""
        this = id_column.model.for_tenant(tenant_id, id_column).where(id_column == subject_id)
        test = functools.reduce(operator.and_, self.tests) | (id_column == subject_id)
        return Match(self.ids | this, (test,), lambda: self.count + 1)


class Beginning(str):
    """The beginning of a word. A range uses an index on both engines, because the migrations give the column
    PostgreSQL's byte order."""

    def of(self, table: Any) -> Any:
        """The condition on a row of the table of words."""
        return (table.word >= str(self)) & (table.word < self + LAST)


class Parts(list[str]):
    """Parts that must all occur in the words of a subject that is found by parts."""

    def of(self, table: Any) -> Any:
        """The condition on a row of the table of words."""
        return functools.reduce(operator.and_, map(table.word.contains, self), Beginning(" ").of(table))


Term = Beginning | Parts


class WordMatch(Match):
    """Subjects of a kind that match each term, in one tenant or, with a `tenant_id` of None, in all.

    Those of the rarest term are read from the index of the table of words. `other_tests` test a row for the other
    terms; `id_column` is the id of the row.
    """

    def __init__(self, table: Any, kind: str, tenant_id: str | None, terms: Sequence[Term], id_column: Any) -> None:
        self._table, self._kind, self._tenant_id = table, kind, tenant_id
        self._other = table.alias()
        counts = self._counts(terms) if len(terms) > 1 else [0]
        fewest = min(counts)
        self._rarest = terms[counts.index(fewest)]
        self._terms = terms
        others = [term for term in terms if term is not self._rarest]
        if fewest <= FEW_SUBJECTS:
            also = [self._has(term, table.subject_id) for term in others]
        else:
            also = [table.subject_id.in_(self._rows(self._other, term, self._other.subject_id)) for term in others]
        self._also = also
        self.other_tests = [self._has(term, id_column) for term in others]
        super().__init__(
            self._rows(table, self._rarest, table.subject_id).where(*also),
            [self._has(self._rarest, id_column), *self.other_tests],
            lambda: fewest if others else self._counts(terms)[0],
        )

    @cached_property
    def is_few(self) -> bool:
        """As for any match. Of several frequent words few subjects may have all: they are found as far as that."""
        if self.count <= FOUND_FEW or not self.other_tests:
            return self.count <= FOUND_FEW
        return len(self._found) <= FOUND_FEW

    @cached_property
    def _found(self) -> list[str]:
        if self._tenant_id is None:
            rows = self.ids.limit(FOUND_FEW + 1).tuples()
            return [subject_id for (subject_id,) in rows]
        return common_subjects.common(
            self._table._meta.database, self._tenant_id, self._kind, [*map(str, self._terms)], most=FOUND_FEW + 1
        )

    def looked_up(self, id_column: Any) -> Any:
        """As for any match; ids that have been found already are not searched once more."""
        if "_found" not in self.__dict__:
            return id_column.in_(self.ids)
        postgres = is_postgres(self._table._meta.database)
        values = "(SELECT jsonb_array_elements_text(%s::jsonb))" if postgres else "(SELECT value FROM json_each(?))"
        return peewee.Expression(id_column, peewee.OP.IN, peewee.SQL(values, (json.dumps(self._found),)))

    def page(self, way: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
        """A page of their ids in the order of their places, `way` being asc or desc."""
        columns = (self._table.place, self._table.subject_id)
        rows = self._rows(self._table, self._rarest, *columns).where(*self._also).distinct()
        order = [(column, way) for column in columns]
        return pagination.page_of_materialized(rows, order, limit=limit, offset=offset, cursor=cursor)

    def newest(self, most: int) -> Any:
        """The query for the ids of at most `most` subjects that have the rarest term: of each word the same number,
        from the end of its index. They still need `other_tests`."""
        table, database = self._table, self._table._meta.database
        key = {"kind": self._kind} | ({} if self._tenant_id is None else {"tenant_id": self._tenant_id})
        bounds = {"since": str(self._rarest), "before": f"{self._rarest}{LAST}"}
        words = statements.distinct(database, "search_word", "word", key, most=MOST_BEGUN, **bounds)
        newest = [
            self._rows(table, None, table.subject_id)
            .where(table.word == word)
            .order_by(table.place.desc())
            .limit(most // len(words))
            for word in words
        ]
        return together(newest) if newest else self.ids

    def _counts(self, terms: Sequence[Term]) -> list[int]:
        """How many words match each of these terms, counted up to COUNTED_UP_TO + 1, in one query."""
        table = self._table
        rows = [self._rows(table, term, ONE).limit(COUNTED_UP_TO + 1) for term in terms]
        counts = [peewee.Select([each], [fn.COUNT(ONE)]) for each in rows]
        return list(next(iter(peewee.Select(columns=counts).bind(table._meta.database).tuples())))

    def _has(self, term: Term, id_column: Any) -> Any:
        mine = (self._other.kind == self._kind) & (self._other.subject_id == id_column) & term.of(self._other)
        # The outer query restricts the subject to the tenant; its words are read by the primary key.
        return fn.EXISTS(self._other.of_all_tenants(ONE).where(mine))

    def _rows(self, table: Any, term: Term | None, *columns: Any) -> Any:
        """The query for the words of this kind and tenant, only those that match `term` if it is given."""
        rows = (
            table.of_all_tenants(*columns) if self._tenant_id is None else table.for_tenant(self._tenant_id, *columns)
        )
        rows = rows.where(table.kind == self._kind)
        return rows if term is None else rows.where(term.of(table))


def together(queries: Sequence[Any]) -> Any:
    """The union of queries for ids, each of which may have an order and a limit of its own."""
    parts = [
        peewee.Select([query.alias(f"part_{number}")], [peewee.SQL("subject_id")])
        for number, query in enumerate(queries)
    ]
    return functools.reduce(operator.add, parts)
