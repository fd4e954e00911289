"""Finding runs by the beginning of their id or by words, at a cost that has a bound however many runs there are."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import peewee
from peewee import fn

from services.monitor.models import ALL_TENANTS, database, distinct, inside, within
from services.monitor.models.runs import Run, RunWord

SEARCHED = 1000
"""Of a word that more runs have, the newest so many are searched; another word beside it narrows better than more of them."""

MOST_WORDS = 20
"""Of a beginning that more words have, the first so many are searched."""

COUNTED = 10_000
"""The rarest of several words is found by counting each up to here."""

LAST = "\U0010ffff"
"""Sorts behind every text."""

ONE = peewee.SQL("1")


class Match(NamedTuple):
    """A condition on Run that the primary key answers; `whole` says that nothing was left out."""

    condition: Any
    whole: bool


NOTHING = Match(peewee.SQL("1 = 0"), True)


def by_id(tenant_id: str, prefix: str) -> Match | None:
    """Runs whose id begins so; None when there are none."""
    condition = _begins(Run.id, prefix) & inside(Run, tenant_id)
    return Match(condition, True) if Run.select(Run.id).where(condition).limit(1).exists() else None


def by_words(tenant_id: str, beginnings: Sequence[str]) -> Match:
    """Runs that have a word for each of these beginnings. The rarest is looked up in the index, the others are tested."""
    counts = [_count(tenant_id, beginning) for beginning in beginnings]
    found = next(iter(peewee.Select(columns=counts).bind(database).tuples()))
    rarest = min(range(len(beginnings)), key=lambda place: found[place])
    whole = found[rarest] <= SEARCHED
    looked_up = _all(tenant_id, beginnings[rarest]) if whole else _newest(tenant_id, beginnings[rarest])
    tested = [_has(beginning) for place, beginning in enumerate(beginnings) if place != rarest]
    return Match(functools.reduce(operator.and_, tested, Run.id.in_(looked_up) & inside(Run, tenant_id)), whole)


def _count(tenant_id: str, beginning: str) -> Any:
    some = RunWord.select(ONE.alias("one")).where(_words(tenant_id, beginning)).limit(COUNTED)
    return peewee.Select([some], [fn.COUNT(ONE)])


def _all(tenant_id: str, beginning: str) -> Any:
    return RunWord.select(RunWord.run_id).where(_words(tenant_id, beginning))


def _newest(tenant_id: str, beginning: str) -> Any:
    """The newest runs of each word that begins so, SEARCHED together: each read off the end of its part of the index."""
    known = {} if tenant_id == ALL_TENANTS else {"tenant_id": tenant_id}
    words = distinct("run_word", "word", known, most=MOST_WORDS, since=beginning, before=beginning + LAST)
    if not words:
        return _all(tenant_id, beginning)
    newest = [
        RunWord.select(RunWord.run_id)
        .where(within(RunWord, tenant_id), RunWord.word == word)
        .order_by(RunWord.created_at.desc())
        .limit(SEARCHED // len(words))
        for word in words
    ]
    parts = [peewee.Select([part.alias(f"of_{place}")], [peewee.SQL("run_id")]) for place, part in enumerate(newest)]
    return functools.reduce(operator.add, parts)


def _has(beginning: str) -> Any:
    mine = (RunWord.run_id == Run.id) & _begins(RunWord.word, beginning)
    return fn.EXISTS(RunWord.select(RunWord.run_id).where(mine))


def _words(tenant_id: str, beginning: str) -> Any:
    return within(RunWord, tenant_id) & _begins(RunWord.word, beginning)


def _begins(column: Any, prefix: str) -> Any:
    """A range that an index serves on both engines; the migration gives these columns PostgreSQL's byte order."""
    return (column >= prefix) & (column < prefix + LAST)
