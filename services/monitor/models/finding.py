"""Finds runs by the beginning of their id or by words, at a cost that is bounded however many runs there are."""

from __future__ import annotations

import functools
import operator
from typing import Any, NamedTuple

import peewee
from peewee import fn

from services.monitor.models import ALL_TENANTS, database, words
from services.monitor.models.runs import KIND, Run
from shared.search.matching import LAST, WordMatch, together

SEARCHED = 1000
"""If more runs than this have a word, only the newest so many are searched; a second search word helps more than a higher limit."""

ONE = peewee.SQL("1")
TAIL = fn.substr(Run.id, fn.length(Run.id) - peewee.SQL("7"))
"""The last eight characters of an id, as in its index."""


class RunMatch(NamedTuple):
    """A condition on Run that the primary key serves; `whole` is False if older matches were left out."""

    condition: Any
    whole: bool


NOTHING = RunMatch(peewee.SQL("1 = 0"), True)


def by_id(tenant_id: str, beginning: str, tail: str | None) -> RunMatch:
    """Runs whose id begins with `beginning`, or ends with `tail` if it is given; the newest SEARCHED of each."""
    looks = [_of_ids(tenant_id, (Run.id >= beginning) & (Run.id < beginning + LAST))]
    if tail is not None:
        looks.append(_of_ids(tenant_id, tail == TAIL))
    counts = [peewee.Select([look], [fn.COUNT(ONE)]).alias(f"of_{place}") for place, look in enumerate(looks)]
    row = next(iter(peewee.Select(columns=counts).bind(database).tuples()))
    return RunMatch(Run.id.in_(together(looks)), all(count < SEARCHED for count in row))


def ids_of(tenant_id: str, match: RunMatch | None, most: int) -> list[str]:
    """The ids of the newest of the runs that match; of none for no search."""
    if match is None:
        return []
    found = Run.for_tenant(tenant_id, Run.id, seek=False).where(match.condition).order_by(Run.id.desc()).limit(most)
    return [run.id for run in found]


def either(tenant_id: str, some: RunMatch, others: RunMatch) -> RunMatch:
    """Runs that match either. Each is queried separately, because no single index serves both."""
    looks = [_of_scope(tenant_id).where(match.condition) for match in (some, others)]
    return RunMatch(Run.id.in_(together(looks)), some.whole and others.whole)


def _of_ids(tenant_id: str, condition: Any) -> Any:
    """The ids of the newest of these runs; ids sort by creation time."""
    return _of_scope(tenant_id).where(condition).order_by(Run.id.desc()).limit(SEARCHED)


def _of_scope(tenant_id: str) -> Any:
    return Run.for_tenant(tenant_id, Run.id.alias("subject_id"), seek=False)


def by_words(tenant_id: str, text: str) -> RunMatch:
    """Runs with a word for each prefix in `text`, none if it has no word. If more than SEARCHED have the rarest, only
    the newest of those are searched for the others."""
    match = words.match(KIND, None if tenant_id == ALL_TENANTS else tenant_id, text, Run.id)
    if not isinstance(match, WordMatch):
        return NOTHING
    whole = match.count <= SEARCHED
    ids, tests = (match.ids, ()) if whole else (match.newest(SEARCHED), match.other_tests)
    return RunMatch(functools.reduce(operator.and_, tests, Run.id.in_(ids)), whole)
