"""Starts, changes, pauses, resumes, cancels and completes guided runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.runs import models, people, run_outcome, states, templates
from services.runs.catalogue import Step, TemplateVersion
from services.runs.days import today_of
from services.runs.models import GuidedRun, GuidedStep, acts, feed
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid
from shared.ground.principal import Principal

VERBS = {
    "paused": ("pause", "paused run"),
    "in_progress": ("resume", "resumed run"),
    "cancelled": ("cancel", "cancelled run"),
}
"""The verb that leads to each status that can be set, and its name in the log. `complete` has its own function."""


@dataclass(frozen=True, kw_only=True)
class TakenSteps:
    """Steps of a template: all of them, or those with these keys, in the template's order."""

    template_id: str
    step_keys: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class StartRun:
    """Start a run with the steps of a template, then those taken from others, then its own."""

    template_id: str | None = None
    from_templates: list[TakenSteps] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    name: str | None = None
    description: str | None = None
    linked_partnership_ids: list[str] = field(default_factory=list)
    owner: str | None = None
    recurrence_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeRun:
    """Change a run; a new status pauses, resumes or cancels it."""

    name: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    status: str | None = None
    reason: str | None = None


def start(by: Principal, command: StartRun, *, run_id: str, now: datetime) -> GuidedRun:
    """Start a run.

    NotFound for an unknown template; Invalid without any step, and for an unknown step key, partnership or owner. The
    owner is checked only when a person starts the run.
    """
    with feed.transaction():
        template = templates.version_of(by.tenant_id, command.template_id) if command.template_id else None
        chosen = _steps_of(by.tenant_id, template, command)
        if not chosen:
            raise Invalid(
                "A run needs a template or steps.", errors={"steps": ["Give steps, a templateId or fromTemplates."]}
            )
        linked = partnerships_of(by.tenant_id, command.linked_partnership_ids)
        owner = command.owner or (by.id if by.kind == "person" else None)
        if by.kind == "person":
            people.require(by, owner)
        row = models.runs.add(
            {
                "id": run_id,
                "tenant_id": by.tenant_id,
                "name": command.name or _name(by.tenant_id, template, now),
                "description": command.description or (template.description if template else ""),
                "status": "in_progress",
                "template_id": template.id if template else None,
                "template_version": template.number if template else None,
                "recurrence_id": command.recurrence_id,
                "owner": owner,
                "outcome": None,
                "steps_done": 0,
                "steps_total": len(chosen),
                "by": by.as_json(),
                "created_at": now,
                "completed_at": None,
                "version": 1,
            },
            [step_row(by.tenant_id, run_id, number, step) for number, step in enumerate(chosen, start=1)],
            linked,
        )
        acts.record(by, "started run", "guided-run", row.id, now=now, details={"name": row.name, "steps": len(chosen)})
        people.notify_of_assignment(by, row, owner, f"The run {row.name}", "run", now)
        return row


def _steps_of(tenant_id: str, template: TemplateVersion | None, command: StartRun) -> list[Step]:
    chosen = list(template.steps) if template else []
    for place, taken in enumerate(command.from_templates):
        chosen += _steps_taken(tenant_id, taken, place)
    return with_keys(chosen + command.steps)


def _steps_taken(tenant_id: str, taken: TakenSteps, place: int) -> list[Step]:
    steps, keys = templates.version_of(tenant_id, taken.template_id).steps, taken.step_keys
    unknown = sorted(set(keys or ()) - {step["key"] for step in steps})
    if unknown:
        why = f"The template has no step {', '.join(unknown)}."
        raise Invalid(why, errors={f"fromTemplates.{place}.stepKeys": [why]})
    return [step for step in steps if keys is None or step["key"] in keys]


def with_keys(steps: Sequence[Step]) -> list[Step]:
    """The steps, each with a unique key."""
    taken: set[str] = set()
    named = []
    for number, step in enumerate(steps, start=1):
        key = templates.free_key(step.get("key") or f"step-{number}", taken)
        taken.add(key)
        named.append({**step, "key": key})
    return named


def step_row(tenant_id: str, run_id: str, number: int, step: Step) -> Columns:
    """The columns of a new step of a run."""
    return {
        "id": ids.named("guided-step", run_id, step["key"]),
        "tenant_id": tenant_id,
        "run_id": run_id,
        "order_index": number,
        "key": step["key"],
        "title": step["title"],
        "description": step.get("description") or "",
        "action_type": step["actionType"],
        "config": step.get("config") or {},
        "status": "pending",
    }


def partnerships_of(tenant_id: str, wanted: Sequence[str]) -> list[str]:
    """These ids, each once. Invalid, naming its place among them, for one that is no partnership of the tenant now."""
    linked = list(dict.fromkeys(wanted))
    there = models.partnerships.many(tenant_id, linked)
    errors = {
        f"linkedPartnershipIds.{place}": ["There is no such partnership."]
        for place, partnership_id in enumerate(wanted)
        if partnership_id not in there
    }
    if errors:
        raise Invalid("A partnership is not there.", errors=errors)
    return linked


def _name(tenant_id: str, template: TemplateVersion | None, now: datetime) -> str:
    day = today_of(tenant_id, now).day
    return f"{template.name if template else 'Guided run'}, {day.day} {day:%B %Y}"


def change(by: Principal, run_id: str, command: ChangeRun, *, now: datetime, expected: int | None = None) -> GuidedRun:
    """Change name, description or owner, or pause, resume and cancel by `status`.

    NotFound, Stale; Conflict names what is allowed; Invalid for an owner who is not an active person of the tenant.
    """
    with feed.transaction():
        row = models.runs.get_for_update(by.tenant_id, run_id)
        row.expect(expected)
        verb = _verb(row, command.status)
        changes = given(command, "name", "description", "owner")
        values = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if "owner" in values:
            _assign(by, row, values["owner"], command.reason, now)
        if values or verb:
            models.runs.change(row, **values | _moved(row, verb, now))
        if "name" in values or "description" in values:
            acts.record(by, "changed run", "guided-run", row.id, now=now, details={"fields": sorted(values)})
        if verb:
            acts.record(by, VERBS[row.status][1], "guided-run", row.id, now=now, reason=command.reason)
        return row


def _verb(row: GuidedRun, status: str | None) -> str | None:
    """The verb that leads to a status; None without one, or if the run has it. Conflict if the run cannot go there."""
    if status is None or status == row.status:
        return None
    if status not in VERBS:
        raise Conflict("A run is completed by .../complete.", allowed=states.RUN.allowed(row.status))
    states.RUN.after(VERBS[status][0], row.status)
    return VERBS[status][0]


def _moved(row: GuidedRun, verb: str | None, now: datetime) -> Columns:
    if verb is None:
        return {}
    return {"status": states.RUN.after(verb, row.status), "completed_at": now if verb == "cancel" else None}


def _assign(by: Principal, row: GuidedRun, owner: str | None, reason: str | None, now: datetime) -> None:
    people.require(by, owner)
    people.notify_of_assignment(by, row, owner, f"The run {row.name}", "run", now)
    details = {"owner": owner, "before": row.owner}
    acts.record(by, "assigned run", "guided-run", row.id, now=now, reason=reason, details=details)


def complete(
    by: Principal, run_id: str, *, now: datetime, outcome: str | None = None, expected: int | None = None
) -> GuidedRun:
    """Finish a run whose steps are all completed or skipped. Its `outcome` is by default drafted from its results.

    NotFound, Stale; Conflict when the run is not in progress, or when steps are open, which `left` names.
    """
    with feed.transaction():
        row = models.runs.get_for_update(by.tenant_id, run_id)
        row.expect(expected)
        after = states.RUN.after("complete", row.status)
        steps = models.runs.steps_of(row)
        left = [
            f"{step.title} is {step.status.replace('_', ' ')}." for step in steps if step.status not in models.runs.DONE
        ]
        if left:
            raise Conflict("Steps of the run are still open.", allowed=["complete or skip its steps"], left=left)
        models.runs.change(row, status=after, completed_at=now, outcome=outcome or run_outcome.outcome_of(steps))
        acts.record(by, "completed run", "guided-run", row.id, now=now, details={"outcome": row.outcome})
        return row


def can_complete(row: GuidedRun, steps: Sequence[GuidedStep]) -> bool:
    """Whether the run is in progress and all its steps are completed or skipped."""
    return row.status == "in_progress" and all(step.status in models.runs.DONE for step in steps)
