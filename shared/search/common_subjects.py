"""Finds what several frequent words have in common, by comparing the entries of each; on SQLite they are read at once.

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

MOST_ENTRIES = 100_000
"""A word with more entries is not read: it is left to be tested."""

FEW_ENOUGH = 5_000
"""Up to this many subjects are tested for the words that are left."""

BEGINS = "w.kind = ? AND w.word >= ? AND w.word < ?"
"""The condition on an entry `w` of the index of words that it is of this kind and begins so; that it is the tenant's
stands before it."""


def values_of(tenant_id: str, kind: str, beginning: str) -> list[str]:
    """The values of the tenant and of BEGINS."""
    return [tenant_id, kind, beginning, beginning + LAST]


def common(
    database: Any, tenant_id: str, kind: str, beginnings: Sequence[str], *, most: int | None = None
) -> tuple[list[str] | None, Sequence[str]]:
    """The tenant's subjects that have words with the first of these beginnings, and the beginnings for which they are
    still to be tested. None when each word has too many entries to be read. PostgreSQL stops at `most`, if it is given."""
    if is_postgres(database):
        return _intersected(database, tenant_id, kind, beginnings, most), ()
    found: set[str] | None = None
    left = []
    for beginning in beginnings:
        if found is not None and len(found) <= FEW_ENOUGH:
            left.append(beginning)
            continue
        subjects = _subjects(database, tenant_id, kind, beginning)
        if len(subjects) > MOST_ENTRIES:
            left.append(beginning)
        else:
            found = set(subjects) if found is None else found.intersection(subjects)
    return None if found is None else sorted(found), left


def _intersected(database: Any, tenant_id: str, kind: str, beginnings: Sequence[str], most: int | None) -> list[str]:
    """What PostgreSQL itself finds in common, which hashes the entries whether it has statistics or not."""
    entries = f"SELECT w.subject_id FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS}"  # noqa: S608 - our own words alone
    sql = " INTERSECT ".join([entries] * len(beginnings)) + (f" LIMIT {most}" if most else "")
    values = [value for beginning in beginnings for value in values_of(tenant_id, kind, beginning)]
    return [subject_id for (subject_id,) in statements.execute(database, sql, values).fetchall()]


def _subjects(database: Any, tenant_id: str, kind: str, beginning: str) -> list[str]:
    """The subjects of a beginning, read as one text, because a row for each would cost much more."""
    entries = f"SELECT w.subject_id FROM search_word AS w WHERE w.tenant_id = ? AND {BEGINS} LIMIT {MOST_ENTRIES + 1}"  # noqa: S608 - our own words alone
    sql = across_tenants(f"SELECT group_concat(few.subject_id, ' ') FROM ({entries}) AS few")  # noqa: S608 - as above
    [text] = statements.execute(database, sql, values_of(tenant_id, kind, beginning)).fetchone()
    return text.split(" ") if text else []
