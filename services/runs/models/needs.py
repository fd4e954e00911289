"""Which partnerships and objectives a step asks for, each of one tenant; and the activities that its reasons rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee

from services.runs.models.exchange import Meeting
from services.runs.models.ledger import NEVER, Activity, Objective, Partnership
from services.runs.states import OPEN_STAGES

CHUNK = 200


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
    query = Partnership.select().where(_condition(tenant_id, asked)).order_by(*ORDERS[asked.order])
    offset = 0
    while rows := list(query.limit(CHUNK).offset(offset)):
        yield from rows
        offset += CHUNK


def _condition(tenant_id: str, asked: PartnershipFilter) -> Any:
    condition = (Partnership.tenant_id == tenant_id) & Partnership.deleted_at.is_null()
    if asked.only is not None:
        condition &= Partnership.id.in_(list(asked.only))
    if asked.stages is not None:
        condition &= Partnership.stage.in_(list(asked.stages))
    if asked.owner is not None:
        condition &= Partnership.owner == asked.owner
    if asked.priority_up_to is not None:
        condition &= Partnership.priority <= asked.priority_up_to
    if asked.last_contact_before is not None:
        condition &= Partnership.last_contact_at < asked.last_contact_before
    if asked.created_from is not None:
        condition &= Partnership.created_at >= asked.created_from
    if asked.call_by is not None:
        condition &= Partnership.next_call_on <= asked.call_by
        condition &= ~peewee.fn.EXISTS(_booked(asked))
    if asked.may_move is not None:
        condition &= _may_move(*asked.may_move)
    return condition


def _booked(asked: PartnershipFilter) -> Any:
    return Meeting.select(peewee.SQL("1")).where(
        (Meeting.tenant_id == Partnership.tenant_id)
        & (Meeting.partnership_id == Partnership.id)
        & (Meeting.status == "booked")
        & (Meeting.starts_at >= asked.meetings_from)
        & (Meeting.starts_at < asked.meetings_until)
    )


def _may_move(silent_since: datetime, heard_since: datetime) -> Any:
    """Cheap to ask and never too narrow; `reasons.stage_proposed` has the last word."""
    heard = Partnership.last_heard_at
    return (
        ((Partnership.stage == "New Lead") & (heard > NEVER) & (heard >= Partnership.stage_changed_at))
        | ((Partnership.stage == "Conversation Active") & Partnership.mou_sent_on.is_null(False))
        | ((Partnership.stage == "MOU Sent") & Partnership.mou_signed_on.is_null(False))
        | ((Partnership.stage == "MOU Signed") & (heard > NEVER))
        | ((Partnership.stage == "Dormant") & (heard >= heard_since))
        | (Partnership.stage.in_(OPEN_STAGES) & (Partnership.last_contact_at < silent_since))
    )


def latest(tenant_id: str, partnership_ids: Sequence[str], kinds: Sequence[str] | None = None) -> dict[str, Activity]:
    """The latest activity of each of these partnerships, of these kinds."""
    place = peewee.fn.ROW_NUMBER().over(
        partition_by=[Activity.partnership_id], order_by=[Activity.at.desc(), Activity.id.desc()]
    )
    condition = (Activity.tenant_id == tenant_id) & Activity.partnership_id.in_(list(partnership_ids))
    if kinds is not None:
        condition &= Activity.kind.in_(list(kinds))
    ranked = Activity.select(Activity.id, place.alias("place")).where(condition).alias("ranked")
    query = Activity.select().join(ranked, on=((ranked.c.id == Activity.id) & (ranked.c.place == 1)))
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
