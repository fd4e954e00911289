"""Finds what several frequent words have in common, by merging the entries of each, which the index has in one order.

Testing the subjects of one word one by one for the other words costs several times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.database import statements
from shared.database.connection import is_postgres
from shared.database.statements import across_tenants

LAST = "\U0010ffff"
"""A text that sorts after every other."""

BEGINS = "w.kind = ? AND w.word >= ? AND w.word < ?"
"""The condition on an entry `w` of the index of words that it is of this kind and begins so; that it is the tenant's
stands before it."""


def values_of(tenant_id: str, kind: str, beginning: str) -> list[str]:
    """The values of the tenant and of BEGINS."""
    return [tenant_id, kind, beginning, beginning + LAST]


def common(
    database: Any, tenant_id: str, kind: str, beginnings: Sequence[str], *, most: int | None = None
) -> list[str]:
    """The tenant's subjects that have for each of these beginnings a word with it, at most so many."""
    words = _only_words(database, tenant_id, kind, beginnings)
    values = [
        value
        for beginning, word in zip(beginnings, words, strict=True)
        for value in ([tenant_id, kind, word] if word else values_of(tenant_id, kind, beginning))
    ]
    sql = _merged([_entries(word) for word in words], is_postgres(database), joins=all(words))
    if most:
        sql += f" LIMIT {most}"
    return [subject_id for _, subject_id in statements.execute(database, sql, values).fetchall()]


def _entries(word: str | None) -> str:
    """The entries of a beginning. Those of one word come in the order of the index, which nobody has to sort."""
    which = "w.word = ?" if word else "w.word >= ? AND w.word < ?"
    return f"SELECT w.place, w.subject_id FROM search_word AS w WHERE w.tenant_id = ? AND w.kind = ? AND {which}"  # noqa: S608 - our own words alone


def _merged(entries: Sequence[str], postgres: bool, *, joins: bool) -> str:
    """What these have in common. PostgreSQL merges the two sides of a join, and hashes those of an INTERSECT."""
    if not postgres:
        return f"{' INTERSECT '.join(entries)} ORDER BY 1, 2"
    if not joins:
        return " INTERSECT ".join(entries)
    joined = " JOIN ".join(
        f"({each}) AS of_{number}" + (" USING (place, subject_id)" if number else "")
        for number, each in enumerate(entries)
    )
    # All that is joined is the tenant's.
    return across_tenants(f"SELECT place, subject_id FROM {joined}")  # noqa: S608 - our own words alone


def _only_words(database: Any, tenant_id: str, kind: str, beginnings: Sequence[str]) -> list[str | None]:
    """The word of each beginning, or None for one that several words have, in one statement."""
    at_end = [
        f"(SELECT w.word FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS} ORDER BY w.word {way} LIMIT 1)"  # noqa: S608 - our own words alone
        for way in ("ASC", "DESC")
    ]
    sql = across_tenants(f"SELECT {', '.join(at_end * len(beginnings))}")
    values = [value for beginning in beginnings for value in 2 * values_of(tenant_id, kind, beginning)]
    row = statements.execute(database, sql, values).fetchone()
    return [first if first == last else None for first, last in zip(row[::2], row[1::2], strict=True)]
