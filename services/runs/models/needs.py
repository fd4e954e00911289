"""Which partnerships and objectives a step asks for, each of one tenant; and the activities that its reasons rest on."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import peewee

from services.runs.models.exchange import Meeting
from services.runs.models.ledger import MOVING, NEVER, Activity, Objective, Partnership
from services.runs.models.lists import Filter, at_most, below, chosen, equal, one_of, since, tested
from services.runs.states import OPEN_STAGES
from shared import keyset

CHUNK = 200
LAST_PRIORITY = 5


@dataclass(frozen=True)
class PartnershipFilter:
    """What has to hold for a partnership, as moments and days; None asks for nothing. `only` are ids.

    `last_contact_before` counts one that was never contacted; `call_by` leaves out whom a meeting is booked with between
    `meetings_from` and `meetings_until`; `may_move` is a superset of those whose stage should change.
    """

    only: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    owner: str | None = None
    priority_up_to: int | None = None
    last_contact_before: datetime | None = None
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


def partnerships(tenant_id: str, asked: PartnershipFilter) -> Iterator[Partnership]:
    """Those that match, in the order that was asked for; read as far as somebody looks."""
    if asked.may_move is None:
        return _walk(tenant_id, asked)
    silent_since, heard_since = asked.may_move
    never = equal(Partnership.last_contact_at, NEVER)
    # Each is found by an index of its own.
    parts = [
        _walk(tenant_id, asked, others=[MOVING]),
        _walk(tenant_id, _within(asked, ("Dormant",)), filters=[since(Partnership.last_heard_at, heard_since)]),
        _walk(
            tenant_id,
            replace(_within(asked, OPEN_STAGES), last_contact_before=silent_since),
            others=[~tested(never) | tested(below(Partnership.created_at, silent_since))],
        ),
    ]
    return _once(heapq.merge(*parts, key=_place(ORDERS[asked.order])))


def _within(asked: PartnershipFilter, stages: Sequence[str]) -> PartnershipFilter:
    return replace(asked, stages=tuple(one for one in stages if asked.stages is None or one in asked.stages))


def _walk(
    tenant_id: str, asked: PartnershipFilter, *, filters: Sequence[Filter] = (), others: Sequence[Any] = ()
) -> Iterator[Partnership]:
    """In the order, some at a time, each time from where the last ones ended."""
    order = ORDERS[asked.order]
    query = _query(tenant_id, asked, filters, others).order_by(*order).limit(CHUNK)
    rows = list(query)
    while rows:
        yield from rows
        if len(rows) < CHUNK:
            return
        rows = list(query.where(_behind(order, rows[-1])))


def _behind(order: tuple[Any, ...], row: Partnership) -> Any:
    return keyset.rows_behind(
        [(field, "asc") for field in order], [field.db_value(getattr(row, field.name)) for field in order]
    )


def _place(order: tuple[Any, ...]) -> Callable[[Partnership], tuple[Any, ...]]:
    return lambda row: tuple(getattr(row, field.name) for field in order)


def _once(found: Iterable[Partnership]) -> Iterator[Partnership]:
    seen = set()
    for row in found:
        if row.id not in seen:
            seen.add(row.id)
            yield row


def _query(tenant_id: str, asked: PartnershipFilter, filters: Sequence[Filter], others: Sequence[Any]) -> Any:
    """What is asked for, without its order."""
    scope, present = equal(Partnership.tenant_id, tenant_id), (Partnership.deleted_at.is_null(),)
    leading, rest = _split(asked)
    if asked.call_by is not None:
        others = [*others, ~peewee.fn.EXISTS(_booked(asked))]
    if asked.only is not None:
        tests = [tested(one) for one in (scope, *leading, *rest, *filters)]
        return Partnership.select().where(Partnership.id.in_(list(asked.only)), *present, *tests, *others)
    return chosen(Partnership, scope, leading, [*rest, *filters], present=present, others=others)


def _split(asked: PartnershipFilter) -> tuple[list[Filter], list[Filter]]:
    """The filters that the best index for them begins with, and the others."""
    early, late = _days(asked)
    owner = [equal(Partnership.owner, asked.owner)] if asked.owner is not None else []
    stages = [one_of(Partnership.stage, asked.stages)] if asked.stages is not None else []
    priority = [at_most(Partnership.priority, asked.priority_up_to)] if asked.priority_up_to is not None else []
    if early:
        return early, [*owner, *stages, *priority, *late]
    priorities = range(1, (asked.priority_up_to or LAST_PRIORITY) + 1)
    if late and stages:
        return [*owner, *stages, one_of(Partnership.priority, list(priorities)), *late], []
    return [*owner, *stages], [*priority, *late]


def _days(asked: PartnershipFilter) -> tuple[list[Filter], list[Filter]]:
    """The filters by day: those that an index begins with, and the silence, before which the stages stand."""
    early, late = [], []
    if asked.call_by is not None:
        early.append(at_most(Partnership.next_call_on, asked.call_by))
    elif asked.created_from is not None:
        early.append(since(Partnership.created_at, asked.created_from))
    if asked.call_by is not None and asked.created_from is not None:
        late.append(since(Partnership.created_at, asked.created_from))
    if asked.last_contact_before is not None:
        late.append(below(Partnership.last_contact_at, asked.last_contact_before))
    return early, late


def _booked(asked: PartnershipFilter) -> Any:
    return Meeting.select(peewee.SQL("1")).where(
        (Meeting.tenant_id == Partnership.tenant_id)
        & (Meeting.partnership_id == Partnership.id)
        & (Meeting.status == "booked")
        & (Meeting.starts_at >= asked.meetings_from)
        & (Meeting.starts_at < asked.meetings_until)
    )


def latest(tenant_id: str, partnership_ids: Sequence[str], kinds: Sequence[str] | None = None) -> dict[str, Activity]:
    """The latest activity of each of these partnerships, of these kinds."""
    if not partnership_ids:
        return {}
    one = Activity.alias()
    condition = (one.tenant_id == tenant_id) & (one.partnership_id == Partnership.id)
    if kinds is not None:
        condition &= one.kind.in_(list(kinds))
    newest = one.select(one.id).where(condition).order_by(one.at.desc(), one.id.desc()).limit(1)
    query = (
        Activity.select(Activity)
        .join(Partnership, on=(Activity.id == newest))
        .where(tested(equal(Partnership.tenant_id, tenant_id)), Partnership.id.in_(list(partnership_ids)))
    )
    return {row.partnership_id: row for row in query}


def made_in(step_id: str, run_id: str) -> list[Activity]:
    """The activities that were made in a step, the earliest first."""
    query = Activity.select().where((Activity.run_id == run_id) & (Activity.step_id == step_id))
    return list(query.order_by(Activity.at, Activity.id))


def objectives(tenant_id: str, *, status: str | None, owner: str | None) -> Iterator[Objective]:
    """Those that match, the soonest to end first."""
    query = Objective.select().where(Objective.tenant_id == tenant_id)
    if status is not None:
        query = query.where(Objective.status == status)
    if owner is not None:
        query = query.where(Objective.owner == owner)
    yield from query.order_by(Objective.ends_on, Objective.id)


def objectives_of(tenant_id: str, objective_ids: Sequence[str]) -> dict[str, Objective]:
    """These objectives, by id."""
    query = Objective.select().where((Objective.tenant_id == tenant_id) & Objective.id.in_(list(objective_ids)))
    return {row.id: row for row in query}
