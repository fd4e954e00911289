"""Finds the first few of several kinds by the beginnings of their words, as somebody types: little is read, however many
match.

Up to FEW entries of the rarest word are all looked at, and the first in the order of their list are found. Where every
word is more frequent, the first rows of the list are tested; where these hold too few, and for more words than two, the
entries of the words are compared. The statements are written out, because building them costs more than running them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.database import statements
from shared.database.connection import is_postgres
from shared.database.statements import across_tenants
from shared.search import common_subjects
from shared.search.common_subjects import BEGINS, LAST, values_of
from shared.search.terms import words_of

FEW = 1_000
"""Up to this many entries of the rarest word are looked up one by one and sorted."""

COUNTED = 10_000
"""The entries of each word are counted so far; of several words with more, the list is tested first."""

WALKED = 2_000
"""So many rows of the list are tested."""

WORDS_OF_ONE = 3
"""So many words of one subject may begin alike before it takes the place of another one."""


@dataclass(frozen=True)
class Findable:
    """A kind of rows that has search words. `columns` are read; `order` are the columns of an index of the list, each with
    its way; `where` is a condition on the row that this index serves."""

    model: Any
    kind: str
    columns: tuple[Any, ...]
    order: tuple[tuple[Any, str], ...]
    where: str = "1 = 1"

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.model._meta.table_name)

    @property
    def sorting(self) -> str:
        """The text of the order."""
        return ", ".join(f"{field.column_name} {way}" for field, way in self.order)

    @property
    def selection(self) -> str:
        """The text of the columns."""
        return ", ".join(f"t.{field.column_name}" for field in self.columns)


def first(findables: Sequence[Findable], tenant_id: str, text: str, most: int) -> list[list[Any]]:
    """At most so many rows of each kind, in one tenant, that have for each word of `text` a word that begins with it. A
    text without a word finds nothing."""
    terms = words_of(text)
    if not terms:
        return [[] for _ in findables]
    counts = _counts(findables, tenant_id, terms)
    return [
        _Search(findable, tenant_id, dict(zip(terms, found, strict=True)), most).rows()
        for findable, found in zip(findables, counts, strict=True)
    ]


def _counts(findables: Sequence[Findable], tenant_id: str, terms: Sequence[str]) -> list[list[int]]:
    """How many entries each of these terms has in each kind, counted up to COUNTED, in one statement."""
    entries = f"SELECT 1 FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS} LIMIT {COUNTED}"  # noqa: S608 - our own words alone
    count = across_tenants(f"(SELECT COUNT(*) FROM ({entries}) AS few)")  # noqa: S608 - our own words alone
    asked = [(findable.kind, term) for findable in findables for term in terms]
    values = [value for kind, term in asked for value in values_of(tenant_id, kind, term)]
    sql = f"SELECT {', '.join([count] * len(asked))}"
    counts = statements.execute(findables[0].model._meta.database, sql, values).fetchone()
    return [list(counts[start : start + len(terms)]) for start in range(0, len(asked), len(terms))]


class _Search:
    """The search for one kind; `counts` are the entries of each term, counted up to COUNTED."""

    def __init__(self, findable: Findable, tenant_id: str, counts: dict[str, int], most: int) -> None:
        self._findable, self._tenant_id, self._most = findable, tenant_id, most
        self._terms = sorted(counts, key=lambda term: (counts[term], -len(term), term))
        self._fewest, self._second = counts[self._terms[0]], counts[self._terms[min(1, len(counts) - 1)]]

    def rows(self) -> list[Any]:
        """The first rows that have a word for each term."""
        if not self._fewest:
            return []
        if self._fewest <= FEW:
            return self._looked_up()
        if len(self._terms) > 2 or (len(self._terms) == 2 and self._second < COUNTED):
            return self._compared()
        found = self._walked()
        if len(found) == self._most:
            return found
        return self._read() if len(self._terms) == 1 else self._compared()

    def _looked_up(self) -> list[Any]:
        """Those that have the rarest term, sorted."""
        rarest, *others = self._terms
        tests, values = self._tests(others, "w.subject_id")
        ids = across_tenants(
            f"SELECT DISTINCT w.subject_id FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS}{tests} LIMIT {FEW}"  # noqa: S608 - our own words alone
        )
        return self._load(ids, [*values_of(self._tenant_id, self._findable.kind, rarest), *values])

    def _walked(self) -> list[Any]:
        """Those among the first rows of the list."""
        findable = self._findable
        walk = f"SELECT id FROM {findable.table} WHERE tenant_id = ? AND {findable.where} ORDER BY {findable.sorting} LIMIT {WALKED}"  # noqa: S608 - our own words alone
        tests, values = self._tests(self._terms, "walked.id")
        ids = across_tenants(
            f"SELECT walked.id AS subject_id FROM ({walk}) AS walked WHERE 1 = 1{tests} LIMIT {self._most}"  # noqa: S608 - our own words alone
        )
        return self._load(ids, [self._tenant_id, *values])

    def _read(self) -> list[Any]:
        """The first that the index of words has for the only term."""
        findable, [term] = self._findable, self._terms
        row = f"SELECT 1 FROM {findable.table} AS t WHERE t.id = w.subject_id AND t.tenant_id = ? AND {findable.where} LIMIT 1"  # noqa: S608 - our own words alone
        entries = f"SELECT w.subject_id FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS} AND ({row}) = 1 ORDER BY w.word, w.place, w.subject_id LIMIT {self._most * WORDS_OF_ONE}"  # noqa: S608 - our own words alone
        ids = across_tenants(f"SELECT DISTINCT subject_id FROM ({entries}) AS entries")  # noqa: S608 - our own words alone
        return self._load(ids, [*values_of(self._tenant_id, findable.kind, term), self._tenant_id])

    def _compared(self) -> list[Any]:
        """Those that the entries of several terms have in common."""
        common = common_subjects.common(self._database, self._tenant_id, self._findable.kind, self._terms)
        each = "jsonb_array_elements_text(?::jsonb)" if is_postgres(self._database) else "json_each(?)"
        ids = across_tenants(f"SELECT common.value AS subject_id FROM {each} AS common")  # noqa: S608 - our own words alone
        return self._load(ids, [json.dumps(common)])

    @property
    def _database(self) -> Any:
        return self._findable.model._meta.database

    def _tests(self, terms: Sequence[str], subject: str) -> tuple[str, list[str]]:
        """The further conditions that a subject has a word for each term. They are no joins, so that both engines test a
        subject by the primary key, and stop at the last row that is wanted."""
        # The subject is the tenant's already, and its words are read by the primary key.
        test = across_tenants(
            f" AND (SELECT 1 FROM search_word AS o WHERE o.kind = ? AND o.subject_id = {subject} AND o.word >= ? AND o.word < ? LIMIT 1) = 1"  # noqa: S608 - our own words alone
        )
        return test * len(terms), [value for term in terms for value in (self._findable.kind, term, term + LAST)]

    def _load(self, ids: str, values: Sequence[str]) -> list[Any]:
        """The rows of these ids that satisfy the condition, the first of them in the order of the list."""
        findable = self._findable
        # The ids are found once, also by a PostgreSQL that has no statistics yet; SQLite, which never has any, carries out a
        # cross join in the order in which it is written.
        sql = f"""WITH found AS MATERIALIZED ({ids}) SELECT {findable.selection}
            FROM found CROSS JOIN {findable.table} AS t
            WHERE t.id = found.subject_id AND t.tenant_id = ? AND {findable.where}
            ORDER BY {findable.sorting} LIMIT {self._most}"""  # noqa: S608 - our own words alone
        return statements.load(findable.model, sql, [*values, self._tenant_id])
