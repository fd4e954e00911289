"""What matches the config of a step: partnerships and objectives, in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from services.runs import models, reasons
from services.runs.days import silent_before, start_of
from services.runs.models import GuidedRun, GuidedStep, Partnership
from services.runs.models.needs import PartnershipFilter
from services.runs.objectives import behind
from services.runs.reasons import DORMANT_AFTER_DAYS, FOLLOW_UP_AFTER_DAYS, HEARD_WITHIN_DAYS, Today
from services.runs.states import OPEN_STAGES, STAGES
from services.runs.wanting import Wanted
from shared.acts import By

TALKS = ("call", "meeting")
CHUNK = 200
CALLED = tuple(stage for stage in STAGES if stage != "Lost")
"""The stages in which a planned call still matters."""


def me_of(by: By, run: GuidedRun, step: GuidedStep) -> str:
    """Whom "me" means in a filter: whose step it is, else whose run, else whoever looks."""
    return step.owner or run.owner or by.id


def partnerships(
    run: GuidedRun, asked: Wanted, me: str, today: Today, *, among: tuple[str, ...] | None = None
) -> Iterator[Partnership]:
    """The partnerships that a step looks for, in its order; only `among` these ids, if given."""
    narrowed = _filter(run, asked, me, today, among)
    if narrowed is None:
        return
    found = models.needs.partnerships(run.tenant_id, narrowed)
    if asked.filter.get("needs") != "stage_change":
        yield from found
        return
    for chunk in _chunks(found):
        talks = last_talks(run.tenant_id, chunk)
        yield from (one for one in chunk if reasons.stage_proposed(one, talks.get(one.id), today))


def _filter(
    run: GuidedRun, asked: Wanted, me: str, today: Today, among: tuple[str, ...] | None
) -> PartnershipFilter | None:
    """The question for the database; None when nothing can match."""
    told = asked.filter
    stages, order = asked.stages, "priority"
    values: dict[str, Any] = {}
    if "noContactDays" in told:
        values["last_contact_before"] = silent_before(told["noContactDays"], today.now, today.time_zone)
        stages, order = _both(stages, OPEN_STAGES), "silence"
    if told.get("needs") == "follow_up":
        follow_up = silent_before(FOLLOW_UP_AFTER_DAYS, today.now, today.time_zone)
        values["last_contact_before"] = min(values.get("last_contact_before", follow_up), follow_up)
        stages, order = _both(stages, OPEN_STAGES), "priority"
    if told.get("needs") == "call_this_week":
        stages, order = _both(stages, CALLED), "call"
        values |= _week(today)
    if told.get("needs") == "stage_change":
        values["may_move"] = (
            silent_before(DORMANT_AFTER_DAYS, today.now, today.time_zone),
            start_of(today.day - timedelta(days=HEARD_WITHIN_DAYS), today.time_zone),
        )
    if "newWithinDays" in told:
        values["created_from"] = start_of(today.day - timedelta(days=told["newWithinDays"]), today.time_zone)
    if "owner" in told:
        values["owner"] = me if told["owner"] == "me" else told["owner"]
    only = _only(run, asked, among)
    if only == () or stages == ():
        return None
    return PartnershipFilter(only=only, stages=stages, priority_up_to=told.get("priorityUpTo"), order=order, **values)


def _week(today: Today) -> dict[str, Any]:
    """From now to the end of Sunday, where the tenant lives."""
    sunday = today.day + timedelta(days=6 - today.day.weekday())
    until = start_of(sunday + timedelta(days=1), today.time_zone)
    return {"call_by": sunday, "meetings_from": today.now, "meetings_until": until}


def _both(asked: tuple[str, ...] | None, held: tuple[str, ...]) -> tuple[str, ...]:
    return held if asked is None else tuple(stage for stage in asked if stage in held)


def _only(run: GuidedRun, asked: Wanted, among: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The ids that a row may have, where they are limited."""
    limits = [one for one in (asked.partnership_ids, among) if one is not None]
    if asked.only_linked:
        limits.append(tuple(run.linked_partnership_ids))
    if not limits:
        return None
    return tuple(one for one in limits[0] if all(one in other for other in limits[1:]))


def _chunks(found: Iterator[Partnership]) -> Iterator[list[Partnership]]:
    chunk: list[Partnership] = []
    for one in found:
        chunk.append(one)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def last_talks(tenant_id: str, partnerships: list[Partnership]) -> dict[str, datetime]:
    """When the last call or meeting with each of these was; only asked where a stage depends on it."""
    wanted_ids = [one.id for one in partnerships if one.stage == "MOU Signed"]
    if not wanted_ids:
        return {}
    return {key: one.at for key, one in models.needs.latest(tenant_id, wanted_ids, TALKS).items()}


def objectives(tenant_id: str, asked: Wanted, me: str, today: Today) -> Iterator[Any]:
    """The objectives that a step looks for; the open ones unless it says otherwise."""
    told: Mapping[str, Any] = asked.filter
    owner = me if told.get("owner") == "me" else told.get("owner")
    for one in models.needs.objectives(tenant_id, status=told.get("status", "open"), owner=owner):
        if "behind" not in told or behind(one, today.day) == told["behind"]:
            yield one
