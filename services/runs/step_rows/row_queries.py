"""Finds the partnerships and objectives that match the config of a step, in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from services.runs import models
from services.runs.days import Today, silent_before
from services.runs.models import Objective, Partnership
from services.runs.models.step_queries import PartnershipFilter
from services.runs.objectives import behind
from services.runs.states import OPEN_STAGES, STAGES
from services.runs.step_rows import row_reasons
from services.runs.step_rows.step_config import StepConfig
from services.runs.step_rows.step_context import StepContext
from shared.contracts.partnership_thresholds import DORMANT_AFTER_DAYS, FOLLOW_UP_AFTER_DAYS, HEARD_WITHIN_DAYS
from shared.ground.local_days import start_of

TALKS = ("call", "meeting")
CHUNK = 200
CALLED = tuple(stage for stage in STAGES if stage != "Lost")
"""The stages in which a planned call matters."""


def whose(context: StepContext) -> str | None:
    """Whose partnerships a step shows: `mine` (its owner's) or `all`, as was chosen; before that `mine`, if the owner has
    one that matches. None where the config leaves no choice."""
    if not context.config.leaves_choice:
        return None
    return context.step.whose or ("mine" if next(partnerships(context, whose="mine"), None) else "all")


def partnerships(
    context: StepContext, *, whose: str | None, among: tuple[str, ...] | None = None
) -> Iterator[Partnership]:
    """The partnerships that match a step, in its order: its owner's or all, and only `among` these ids, if given."""
    condition = _condition(context, whose, among)
    if condition is None:
        return
    tenant_id = context.run.tenant_id
    rows = models.step_queries.partnerships(tenant_id, condition)
    if context.config.filter.get("needs") != "stage_change":
        yield from rows
        return
    for chunk in _chunks(rows):
        talks = last_talks(tenant_id, chunk)
        yield from (row for row in chunk if row_reasons.stage_proposed(row, talks.get(row.id), context.today))


def _condition(context: StepContext, whose: str | None, among: tuple[str, ...] | None) -> PartnershipFilter | None:
    """The filter for the query; None when nothing can match."""
    config, today = context.config, context.today
    filter_, stages, order = config.filter, config.stages, "priority"
    values: dict[str, Any] = {}
    if "noContactDays" in filter_:
        values["silent_since"] = silent_before(filter_["noContactDays"], today.now, today.time_zone)
        values["last_contact_before"] = values["silent_since"]
        stages, order = _both(stages, OPEN_STAGES), "silence"
    if filter_.get("needs") == "follow_up":
        follow_up = silent_before(FOLLOW_UP_AFTER_DAYS, today.now, today.time_zone)
        values["last_contact_before"] = min(values.get("last_contact_before", follow_up), follow_up)
        stages, order = _both(stages, OPEN_STAGES), "priority"
    if filter_.get("needs") == "call_this_week":
        stages, order = _both(stages, CALLED), "call"
        values |= _week(today)
    if filter_.get("needs") == "stage_change":
        values["may_move"] = (
            silent_before(DORMANT_AFTER_DAYS, today.now, today.time_zone),
            start_of(today.day - timedelta(days=HEARD_WITHIN_DAYS), today.time_zone),
        )
    if "newWithinDays" in filter_:
        values["created_from"] = start_of(today.day - timedelta(days=filter_["newWithinDays"]), today.time_zone)
    if "owner" in filter_:
        values["owner"] = _owner(context)
    elif whose == "mine":
        values["owner"] = context.owner
    only = _only(context, among)
    if only == () or stages == ():
        return None
    return PartnershipFilter(
        only=only, stages=stages, priority_up_to=filter_.get("priorityUpTo"), order=order, **values
    )


def _owner(context: StepContext) -> str | None:
    owner = context.config.filter.get("owner")
    return context.owner if owner == "me" else owner


def _week(today: Today) -> dict[str, Any]:
    """The interval from now to the end of Sunday, in the tenant's time zone."""
    sunday = today.day + timedelta(days=6 - today.day.weekday())
    until = start_of(sunday + timedelta(days=1), today.time_zone)
    return {"call_by": sunday, "meetings_from": today.now, "meetings_until": until}


def _both(stages: tuple[str, ...] | None, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return allowed if stages is None else tuple(stage for stage in stages if stage in allowed)


def _only(context: StepContext, among: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The ids to which the rows are limited; None if they are not."""
    config: StepConfig = context.config
    limits = [ids for ids in (config.partnership_ids, among) if ids is not None]
    if config.only_linked:
        limits.append(tuple(models.runs.linked_to(context.run)))
    if not limits:
        return None
    return tuple(id_ for id_ in limits[0] if all(id_ in ids for ids in limits[1:]))


def _chunks(rows: Iterator[Partnership]) -> Iterator[list[Partnership]]:
    chunk: list[Partnership] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def marked(context: StepContext) -> dict[str, str]:
    """By the id of a partnership: why it calls for attention, by the marks in earlier steps of the run, in the order in
    which it was marked."""
    if not context.config.action_type.begins_with_marked:
        return {}
    steps = {step.id: step for step in models.runs.steps_of(context.run) if step.order_index < context.step.order_index}
    rows = models.rows.marked_in(context.run, list(steps))
    only = _only(context, None)
    found = {}
    for row in rows:
        if (row.outcome or {}).get("attention") and (only is None or row.subject_id in only):
            note = f": {row.note}" if row.note else ""
            found[row.subject_id] = f"Marked “{row.mark}” in {steps[row.step_id].title}{note}".rstrip(".") + "."
    return found


def last_talks(tenant_id: str, partnerships: Iterable[Partnership]) -> dict[str, datetime]:
    """The time of the last call or meeting with each of these that is in MOU Signed; no other stage depends on it."""
    signed = [partnership.id for partnership in partnerships if partnership.stage == "MOU Signed"]
    if not signed:
        return {}
    return {key: activity.at for key, activity in models.step_queries.latest(tenant_id, signed, TALKS).items()}


def objectives(context: StepContext) -> Iterator[Objective]:
    """The objectives that match a step; by default the open ones."""
    filter_ = context.config.filter
    status, owner = filter_.get("status", "open"), _owner(context)
    for objective in models.step_queries.objectives(context.run.tenant_id, status=status, owner=owner):
        if "behind" not in filter_ or behind(objective, context.today.day) == filter_["behind"]:
            yield objective
