"""Gathering what a step shows: its rows by its config, each with the reason for which it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.runs import drafting, models, objectives, reasons
from services.runs.days import silent_before, start_of
from services.runs.models import NEVER, GuidedRun, GuidedStep, Partnership, StepRow, copies
from services.runs.models.needs import PartnershipFilter
from services.runs.reasons import DORMANT_AFTER_DAYS, FOLLOW_UP_AFTER_DAYS, HEARD_WITHIN_DAYS, Today
from services.runs.states import OPEN_STAGES, STAGES
from services.runs.wanting import Wanted, wanted
from shared import clock, ids
from shared.acts import By

TALKS = ("call", "meeting")
CHUNK = 200
CALLED = tuple(stage for stage in STAGES if stage != "Lost")
"""The stages in which a planned call still matters."""


@dataclass(frozen=True)
class Candidate:
    """Something that a step shows: a partnership or an objective, the facts of the moment, and why it is there."""

    subject_kind: str
    subject_id: str
    why: str
    shown: dict[str, Any]
    draft: dict[str, Any] | None = None
    gone: bool = False


@dataclass(frozen=True)
class Gathered:
    """What a step shows now; `truncated` when more would match than its limit."""

    candidates: list[Candidate] = field(default_factory=list)
    truncated: bool = False


def today_of(tenant_id: str, now: datetime) -> Today:
    """Now, and the tenant's time zone."""
    return Today(now, copies.tenants.home(tenant_id).time_zone)


def gather(by: By, run: GuidedRun, step: GuidedStep, *, now: datetime) -> Gathered:
    """What the step shows at this moment. Reads only."""
    asked, today = wanted(step.action_type, step.config), today_of(run.tenant_id, now)
    if asked.show == "nothing":
        return Gathered()
    if asked.show == "objectives":
        found, more = _cut(matching_objectives(run.tenant_id, asked, me_of(by, run, step), today), asked.limit)
        return Gathered([objective_candidate(one, today) for one in found], more)
    present, more = _cut(matching(run, asked, me_of(by, run, step), today), asked.limit)
    return Gathered(_described(by, run, step, asked, present, today) + _gone(run.tenant_id, asked), more)


def keep(by: By, run: GuidedRun, step: GuidedStep, *, now: datetime) -> int:
    """Store what the step shows as its rows; those that it has already stay as they are. How many came. Inside a
    transaction."""
    known = {(row.subject_kind, row.subject_id): row for row in models.rows.of_step(step.id)}
    new = [
        one
        for one in gather(by, run, step, now=now).candidates
        if (one.subject_kind, one.subject_id) not in known and not (known and one.gone)
    ]
    first = max((row.position for row in known.values()), default=0) + 1
    models.rows.add([_row(step, one, position, now) for position, one in enumerate(new, start=first)])
    return len(new)


def add_row(
    by: By, run: GuidedRun, step: GuidedStep, partnership: Partnership, outcome: dict[str, Any] | None, *, now: datetime
) -> StepRow:
    """A row for a partnership that the step did not show by itself, because somebody acts on it there. Inside a
    transaction."""
    today = today_of(run.tenant_id, now)
    asked = wanted(step.action_type, step.config)
    one = _described(by, run, step, asked, [partnership], today)[0]
    rows = models.rows.of_step(step.id)
    position = max((row.position for row in rows), default=0) + 1
    values = _row(step, one, position, now) | {"why": f"Added here by {by.name}."}
    models.rows.add([values | ({"state": "done", "outcome": outcome, "by": by.as_json()} if outcome else {})])
    return models.rows.find(step, values["id"])


def add_objective_row(by: By, run: GuidedRun, step: GuidedStep, objective: Any, *, now: datetime) -> StepRow:
    """A row for an objective that the step did not show by itself. Inside a transaction."""
    one = objective_candidate(objective, today_of(run.tenant_id, now))
    rows = models.rows.of_step(step.id)
    values = _row(step, one, max((row.position for row in rows), default=0) + 1, now)
    models.rows.add([values | {"why": f"Added here by {by.name}."}])
    return models.rows.find(step, values["id"])


def row_id_of(step: GuidedStep, subject_kind: str, subject_id: str) -> str:
    """The id that a row of the step about this subject has, whenever it is made."""
    return ids.named("step-row", step.id, subject_kind, subject_id)


def _row(step: GuidedStep, one: Candidate, position: int, now: datetime) -> dict[str, Any]:
    return {
        "id": row_id_of(step, one.subject_kind, one.subject_id),
        "tenant_id": step.tenant_id,
        "run_id": step.run_id,
        "step_id": step.id,
        "subject_kind": one.subject_kind,
        "subject_id": one.subject_id,
        "position": position,
        "why": one.why,
        "shown": one.shown,
        "state": "open",
        "mark": None,
        "note": None,
        "draft": one.draft,
        "outcome": None,
        "by": None,
        "shown_at": now,
        "changed_at": None,
    }


def me_of(by: By, run: GuidedRun, step: GuidedStep) -> str:
    """Whom "me" means in a filter: whose step it is, else whose run, else whoever looks."""
    return step.owner or run.owner or by.id


def _cut(found: Iterator[Any], limit: int) -> tuple[list[Any], bool]:
    """The first of them, and whether there are more."""
    taken: list[Any] = []
    for one in found:
        if len(taken) == limit:
            return taken, True
        taken.append(one)
    return taken, False


def matching(
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


def _described(
    by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, present: list[Partnership], today: Today
) -> list[Candidate]:
    """The rows with what is written on them."""
    talks = last_talks(run.tenant_id, present)
    last = models.needs.latest(run.tenant_id, [one.id for one in present])
    drafts = drafts_for(by, run, step, asked, present, today) if step.action_type == "email" else {}
    return [
        Candidate(
            "partnership",
            one.id,
            reasons.why(one, asked, talks.get(one.id), today),
            partnership_facts(one, last.get(one.id), today),
            drafts.get(one.id),
        )
        for one in present
    ]


def drafts_for(
    by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, present: list[Partnership], today: Today
) -> dict[str, dict[str, Any]]:
    """A personal e-mail for each of these, from the last thing that both sides know of."""
    last = models.needs.latest(run.tenant_id, [one.id for one in present], drafting.QUOTED)
    sender = sender_name(by, run, step)
    return {one.id: drafting.email(one, last.get(one.id), sender, today, asked.email).as_json() for one in present}


def sender_name(by: By, run: GuidedRun, step: GuidedStep) -> str:
    """Who signs the mails of a step: whose it is, else whoever is at work in it."""
    owner = step.owner or run.owner
    return copies.names(run.tenant_id, [owner]).get(owner, by.name) if owner else by.name


def _gone(tenant_id: str, asked: Wanted) -> list[Candidate]:
    """The partnerships that the step names and that are there no more."""
    named = asked.partnership_ids or ()
    there = models.partnerships.many(tenant_id, named)
    return [
        Candidate("partnership", one, "It was chosen for this step and is there no more.", {"name": one}, gone=True)
        for one in named
        if one not in there
    ]


def partnership_facts(row: Partnership, last: Any | None, today: Today) -> dict[str, Any]:
    """What a row says of a partnership at this moment, as JSON."""
    return {
        "name": row.name,
        "stage": row.stage,
        "priority": row.priority,
        "owner": row.owner,
        "lastContactAt": None if row.last_contact_at == NEVER else clock.rfc3339(row.last_contact_at),
        "daysSinceContact": reasons.days_silent(row, today),
        "mouSentOn": _day(row.mou_sent_on),
        "mouViewedOn": _day(row.mou_viewed_on),
        "mouSignedOn": _day(row.mou_signed_on),
        "nextCallOn": _day(row.next_call_on),
        "contacts": row.contacts,
        "lastActivity": {"kind": last.kind, "at": clock.rfc3339(last.at), "summary": last.summary} if last else None,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def matching_objectives(tenant_id: str, asked: Wanted, me: str, today: Today) -> Iterator[Any]:
    """The objectives that a step looks for; the open ones unless it says otherwise."""
    told: Mapping[str, Any] = asked.filter
    owner = me if told.get("owner") == "me" else told.get("owner")
    for one in models.needs.objectives(tenant_id, status=told.get("status", "open"), owner=owner):
        if "behind" not in told or objectives.behind(one, today.day) == told["behind"]:
            yield one


def objective_candidate(row: Any, today: Today) -> Candidate:
    """An objective as a row shows it."""
    facts = objective_facts(row, today)
    said = f"{round(facts['progress'] * 100)} % reached, {round(facts['expected'] * 100)} % of its period is over"
    return Candidate("objective", row.id, ("Behind: " if facts["behind"] else "") + said + ".", facts)


def objective_facts(row: Any, today: Today) -> dict[str, Any]:
    """What a row says of an objective at this moment, as JSON."""
    return {
        "name": row.title,
        "title": row.title,
        "owner": row.owner,
        "period": row.period,
        "startsOn": row.starts_on.isoformat(),
        "endsOn": row.ends_on.isoformat(),
        "status": row.status,
        "keyResults": [one | {"progress": objectives.result_progress(one)} for one in row.key_results],
        "progress": objectives.progress(row),
        "expected": objectives.expected_by(row, today.day),
        "behind": objectives.behind(row, today.day),
    }
