"""Queries for the partnerships and objectives that a step shows, and for the latest activities and those of a step."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import peewee

from services.runs.models.exchange import Meeting
from services.runs.models.partnership_tables import MOVING, NEVER, Activity, Objective, Partnership
from services.runs.models.tables import GuidedStep
from services.runs.states import OPEN_STAGES
from shared.database import pagination
from shared.search.lists import Filter, at_most, below, chosen, equal, one_of, since, tested

CHUNK = 200
LAST_PRIORITY = 5


@dataclass(frozen=True)
class PartnershipFilter:
    """The conditions on a partnership, as times and days; None means no condition. `only` are ids.

    `last_contact_before` includes partnerships that were never contacted; of those, `silent_since` excludes the ones that
    were added since. `call_by` excludes those with a meeting booked between `meetings_from` and `meetings_until`;
    `may_move`, (silent since, heard since), keeps all whose stage should change, and perhaps more.
    """

    only: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    owner: str | None = None
    priority_up_to: int | None = None
    last_contact_before: datetime | None = None
    silent_since: datetime | None = None
    created_from: datetime | None = None
    call_by: date | None = None
    meetings_from: datetime | None = None
    meetings_until: datetime | None = None
    may_move: tuple[datetime, datetime] | None = None
    order: str = "priority"


ORDERS: dict[str, tuple[Any, ...]] = {
    "priority": (Partnership.priority, Partnership.last_contact_at, Partnership.id),
    "silence": (Partnership.last_contact_at, Partnership.id),
    "call": (Partnership.next_call_on, Partnership.priority, Partnership.id),
}


def partnerships(tenant_id: str, condition: PartnershipFilter) -> Iterator[Partnership]:
    """The matching rows in the requested order, read in pages as the caller iterates."""
    if condition.may_move is None:
        return _walk(tenant_id, condition)
    silent_since, heard_since = condition.may_move
    # Each part is a query that an index serves.
    parts = [
        _walk(tenant_id, condition, others=[MOVING]),
        _walk(tenant_id, _within(condition, ("Dormant",)), filters=[since(Partnership.last_heard_at, heard_since)]),
        _walk(
            tenant_id,
            replace(_within(condition, OPEN_STAGES), last_contact_before=silent_since, silent_since=silent_since),
        ),
    ]
    return _once(heapq.merge(*parts, key=_place(ORDERS[condition.order])))


def _within(condition: PartnershipFilter, stages: Sequence[str]) -> PartnershipFilter:
    return replace(
        condition, stages=tuple(stage for stage in stages if condition.stages is None or stage in condition.stages)
    )


def _walk(
    tenant_id: str, condition: PartnershipFilter, *, filters: Sequence[Filter] = (), others: Sequence[Any] = ()
) -> Iterator[Partnership]:
    """The rows in order, read in pages; each page begins after the last row of the one before."""
    order = ORDERS[condition.order]
    query = _query(tenant_id, condition, filters, others).order_by(*order).limit(CHUNK)
    rows = list(query)
    while rows:
        yield from rows
        if len(rows) < CHUNK:
            return
        rows = list(query.where(_behind(order, rows[-1])))


def _behind(order: tuple[Any, ...], row: Partnership) -> Any:
    return pagination.rows_behind(
        [(field, "asc") for field in order], [field.db_value(getattr(row, field.name)) for field in order]
    )


def _place(order: tuple[Any, ...]) -> Callable[[Partnership], tuple[Any, ...]]:
    return lambda row: tuple(getattr(row, field.name) for field in order)


def _once(rows: Iterable[Partnership]) -> Iterator[Partnership]:
    seen = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            yield row


def _query(tenant_id: str, condition: PartnershipFilter, filters: Sequence[Filter], others: Sequence[Any]) -> Any:
    """The query without its order."""
    present = (Partnership.deleted_at.is_null(),)
    leading, rest = _split(condition)
    if condition.call_by is not None:
        others = [*others, ~peewee.fn.EXISTS(_booked(condition))]
    if condition.silent_since is not None:
        never, early = (
            equal(Partnership.last_contact_at, NEVER),
            below(Partnership.created_at, condition.silent_since),
        )
        others = [*others, ~tested(never) | tested(early)]
    if condition.only is not None:
        tests = [tested(filter_) for filter_ in (*leading, *rest, *filters)]
        mine = Partnership.for_tenant(tenant_id, seek=False).where(Partnership.id.in_(list(condition.only)))
        return mine.where(*present, *tests, *others)
    return chosen(Partnership, tenant_id, leading, [*rest, *filters], present=present, others=others)


def _split(condition: PartnershipFilter) -> tuple[list[Filter], list[Filter]]:
    """The filters with which the best index begins, and the others."""
    early, late = _days(condition)
    owner = [equal(Partnership.owner, condition.owner)] if condition.owner is not None else []
    stages = [one_of(Partnership.stage, condition.stages)] if condition.stages is not None else []
    priority = [at_most(Partnership.priority, condition.priority_up_to)] if condition.priority_up_to is not None else []
    if early:
        return early, [*owner, *stages, *priority, *late]
    priorities = range(1, (condition.priority_up_to or LAST_PRIORITY) + 1)
    if late and stages:
        return [*owner, *stages, one_of(Partnership.priority, list(priorities)), *late], []
    return [*owner, *stages], [*priority, *late]


def _days(condition: PartnershipFilter) -> tuple[list[Filter], list[Filter]]:
    """The filters by day: those with which an index begins, and the others, such as the last contact, which in the
    index comes after the stages."""
    early, late = [], []
    if condition.call_by is not None:
        early.append(at_most(Partnership.next_call_on, condition.call_by))
    elif condition.created_from is not None:
        early.append(since(Partnership.created_at, condition.created_from))
    if condition.call_by is not None and condition.created_from is not None:
        late.append(since(Partnership.created_at, condition.created_from))
    if condition.last_contact_before is not None:
        late.append(below(Partnership.last_contact_at, condition.last_contact_before))
    return early, late


def _booked(condition: PartnershipFilter) -> Any:
    return Meeting.for_tenant(Partnership.tenant_id, peewee.SQL("1")).where(
        (Meeting.partnership_id == Partnership.id)
        & (Meeting.status == "booked")
        & (Meeting.starts_at >= condition.meetings_from)
        & (Meeting.starts_at < condition.meetings_until)
    )


def latest(tenant_id: str, partnership_ids: Sequence[str], kinds: Sequence[str] | None = None) -> dict[str, Activity]:
    """The latest activity of these kinds of each of these partnerships."""
    if not partnership_ids:
        return {}
    other = Activity.alias()
    newest = other.for_tenant(tenant_id, other.id).where(other.partnership_id == Partnership.id)
    if kinds is not None:
        newest = newest.where(other.kind.in_(list(kinds)))
    newest = newest.order_by(other.at.desc(), other.id.desc()).limit(1)
    query = (
        Activity.for_tenant(tenant_id, seek=False)
        .join(Partnership, on=(Activity.id == newest))
        .where(Partnership.within(tenant_id, seek=False), Partnership.id.in_(list(partnership_ids)))
    )
    return {row.partnership_id: row for row in query}


def made_in(step: GuidedStep) -> list[Activity]:
    """The activities that were made in a step, the earliest first."""
    query = Activity.for_tenant(step.tenant_id).where(Activity.run_id == step.run_id, Activity.step_id == step.id)
    return list(query.order_by(Activity.at, Activity.id))


def objectives(tenant_id: str, *, status: str | None, owner: str | None) -> Iterator[Objective]:
    """The matching objectives, those that end soonest first."""
    query = Objective.for_tenant(tenant_id)
    if status is not None:
        query = query.where(Objective.status == status)
    if owner is not None:
        query = query.where(Objective.owner == owner)
    yield from query.order_by(Objective.ends_on, Objective.id)
