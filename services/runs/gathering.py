"""Gathering what a step shows: its rows by its config, each with the reason for which it is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.runs import drafting, facts, matching, models, reasons
from services.runs.models import GuidedRun, GuidedStep, Partnership, StepRow, copies
from services.runs.reasons import Today
from services.runs.wanting import Wanted, wanted
from shared import ids
from shared.acts import By


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
        found, more = _cut(matching.objectives(run.tenant_id, asked, matching.me_of(by, run, step), today), asked.limit)
        return Gathered([objective_candidate(one, today) for one in found], more)
    present, more = _cut(matching.partnerships(run, asked, matching.me_of(by, run, step), today), asked.limit)
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


def _cut(found: Iterator[Any], limit: int) -> tuple[list[Any], bool]:
    """The first of them, and whether there are more."""
    taken: list[Any] = []
    for one in found:
        if len(taken) == limit:
            return taken, True
        taken.append(one)
    return taken, False


def _described(
    by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, present: list[Partnership], today: Today
) -> list[Candidate]:
    """The rows with what is written on them."""
    talks = matching.last_talks(run.tenant_id, present)
    last = models.needs.latest(run.tenant_id, [one.id for one in present])
    drafts = drafts_for(by, run, step, asked, present, today) if step.action_type == "email" else {}
    return [
        Candidate(
            "partnership",
            one.id,
            reasons.why(one, asked, talks.get(one.id), today),
            facts.of_partnership(one, last.get(one.id), today),
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


def objective_candidate(row: Any, today: Today) -> Candidate:
    """An objective as a row shows it."""
    told = facts.of_objective(row, today)
    said = f"{round(told['progress'] * 100)} % reached, {round(told['expected'] * 100)} % of its period is over"
    return Candidate("objective", row.id, ("Behind: " if told["behind"] else "") + said + ".", told)
