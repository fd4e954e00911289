"""The life of a guided run: start, change, pause, resume, cancel, complete, and keep it as a template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.runs import gathering, models, people, states, summing, templates
from services.runs.models import GuidedRun, GuidedStep, acts, feed
from shared import ids
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound

VERBS = {
    "paused": ("pause", "paused run"),
    "in_progress": ("resume", "resumed run"),
    "cancelled": ("cancel", "cancelled run"),
}
"""By the status that somebody wants: the verb that leads there, and how the log says it."""


def start(by: By, told: dict[str, Any], *, run_id: str, now: datetime) -> GuidedRun:
    """Start a run. `told` is {template_id, name, description, steps, from_templates, linked_partnership_ids, owner,
    recurrence_id}: the steps of a template, then those taken from others (`[{template_id, step_keys}]`), then its own.

    NotFound for an unknown template; Invalid without any step, and for an unknown step key, partnership or owner. A schedule
    starts its runs for whoever it was told to, also when they are not here any more: somebody else can take it over.
    """
    with feed.transaction():
        template = templates.version_of(by.tenant_id, told["template_id"]) if told.get("template_id") else None
        chosen = _steps_of(by.tenant_id, template, told)
        if not chosen:
            raise Invalid(
                "A run needs a template or steps.", errors={"steps": ["Give steps, a templateId or fromTemplates."]}
            )
        linked = _linked(by.tenant_id, told.get("linked_partnership_ids") or [])
        owner = told.get("owner") or (by.id if by.kind == "person" else None)
        if by.kind == "person":
            people.require(by, owner)
        row = models.runs.add(
            {
                "id": run_id,
                "tenant_id": by.tenant_id,
                "name": told.get("name") or _name(by.tenant_id, template, now),
                "description": told.get("description") or (template.description if template else ""),
                "status": "in_progress",
                "template_id": template.id if template else None,
                "template_version": template.number if template else None,
                "recurrence_id": told.get("recurrence_id"),
                "owner": owner,
                "linked_partnership_ids": linked,
                "outcome": None,
                "steps_done": 0,
                "steps_total": len(chosen),
                "by": by.as_json(),
                "created_at": now,
                "completed_at": None,
                "version": 1,
            },
            [step_row(by.tenant_id, run_id, number, step) for number, step in enumerate(chosen, start=1)],
        )
        acts.record(by, "started run", "guided-run", row.id, now=now, details={"name": row.name, "steps": len(chosen)})
        people.tell_of_assignment(by, row, owner, f"The run {row.name}", "run", now)
        return row


def _steps_of(tenant_id: str, template: Any, told: dict[str, Any]) -> list[dict[str, Any]]:
    chosen = list(template.steps) if template else []
    for place, one in enumerate(told.get("from_templates") or []):
        chosen += _taken(tenant_id, one, place)
    return with_keys(chosen + list(told.get("steps") or []))


def _taken(tenant_id: str, one: dict[str, Any], place: int) -> list[dict[str, Any]]:
    """The steps that are taken from a template: all of them, or those of some keys in their order there."""
    steps = templates.version_of(tenant_id, one["template_id"]).steps
    keys = one.get("step_keys")
    unknown = sorted(set(keys or ()) - {step["key"] for step in steps})
    if unknown:
        why = f"The template has no step {', '.join(unknown)}."
        raise Invalid(why, errors={f"fromTemplates.{place}.stepKeys": [why]})
    return [step for step in steps if keys is None or step["key"] in keys]


def with_keys(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps, each with a key that no other one has."""
    taken: set[str] = set()
    named = []
    for number, step in enumerate(steps, start=1):
        wanted = step.get("key") or f"step-{number}"
        key = (
            wanted
            if wanted not in taken
            else next(one for one in (f"{wanted}-{more}" for more in range(2, len(steps) + 3)) if one not in taken)
        )
        taken.add(key)
        named.append({**step, "key": key})
    return named


def step_row(tenant_id: str, run_id: str, number: int, step: dict[str, Any]) -> dict[str, Any]:
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


def _linked(tenant_id: str, wanted: Sequence[str]) -> list[str]:
    linked = list(dict.fromkeys(wanted))
    known = models.partnerships.many(tenant_id, linked)
    errors = {
        f"linkedPartnershipIds.{place}": ["There is no such partnership."]
        for place, one in enumerate(linked)
        if one not in known
    }
    if errors:
        raise Invalid("A partnership is not there.", errors=errors)
    return linked


def _name(tenant_id: str, template: Any, now: datetime) -> str:
    day = gathering.today_of(tenant_id, now).day
    return f"{template.name if template else 'Guided run'}, {day.day} {day:%B %Y}"


def change(by: By, run_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None) -> GuidedRun:
    """Change name, description or owner, or pause, resume and cancel by `status`. NotFound, Stale; Conflict names what is
    allowed; Invalid for an owner who is nobody here."""
    with feed.transaction():
        row = models.runs.alone(by.tenant_id, run_id)
        row.expect(expected)
        verb = _verb(row, told.get("status"))
        values = {
            name: told[name]
            for name in ("name", "description")
            if told.get(name, getattr(row, name)) != getattr(row, name)
        }
        if "owner" in told and told["owner"] != row.owner:
            _assign(by, row, told["owner"], told.get("reason"), now)
            values["owner"] = told["owner"]
        if values or verb:
            models.runs.change(row, **values | _moved(row, verb, now))
        if "name" in values or "description" in values:
            acts.record(by, "changed run", "guided-run", row.id, now=now, details={"fields": sorted(values)})
        if verb:
            acts.record(by, VERBS[row.status][1], "guided-run", row.id, now=now, reason=told.get("reason"))
        return row


def _verb(row: GuidedRun, status: str | None) -> str | None:
    """The verb that leads to a status; None where it is that already. Conflict where none does."""
    if status is None or status == row.status:
        return None
    if status not in VERBS:
        raise Conflict("A run is completed by .../complete.", allowed=states.RUN.allowed(row.status))
    states.RUN.after(VERBS[status][0], row.status)
    return VERBS[status][0]


def _moved(row: GuidedRun, verb: str | None, now: datetime) -> dict[str, Any]:
    if verb is None:
        return {}
    return {"status": states.RUN.after(verb, row.status), "completed_at": now if verb == "cancel" else None}


def _assign(by: By, row: GuidedRun, owner: str | None, reason: str | None, now: datetime) -> None:
    people.require(by, owner)
    people.tell_of_assignment(by, row, owner, f"The run {row.name}", "run", now)
    details = {"owner": owner, "before": row.owner}
    acts.record(by, "assigned run", "guided-run", row.id, now=now, reason=reason, details=details)


def complete(
    by: By, run_id: str, *, now: datetime, outcome: str | None = None, expected: int | None = None
) -> GuidedRun:
    """Finish a run whose steps are all done or skipped; without an `outcome`, with the one drafted from its results.
    NotFound, Stale; Conflict whose `left` names the steps that are open."""
    with feed.transaction():
        row = models.runs.alone(by.tenant_id, run_id)
        row.expect(expected)
        after = states.RUN.after("complete", row.status)
        steps = models.runs.steps_of(row.id)
        left = [
            f"{step.title} is {step.status.replace('_', ' ')}." for step in steps if step.status not in models.runs.DONE
        ]
        if left:
            raise Conflict("Steps of the run are still open.", allowed=["complete or skip its steps"], left=left)
        models.runs.change(row, status=after, completed_at=now, outcome=outcome or summing.outcome(steps))
        acts.record(by, "completed run", "guided-run", row.id, now=now, details={"outcome": row.outcome})
        return row


def can_complete(row: GuidedRun, steps: Sequence[GuidedStep]) -> bool:
    """Whether nothing of a run is open any more."""
    return row.status == "in_progress" and all(step.status in models.runs.DONE for step in steps)


def save_as_template(by: By, run_id: str, told: dict[str, Any], *, template_id: str, now: datetime) -> Any:
    """Keep the steps of a run as a template of the tenant's own; `told` is {name, description?}. NotFound; Invalid as for
    any template."""
    with feed.transaction():
        row = models.runs.alone(by.tenant_id, run_id)
        steps = [
            {
                "key": step.key,
                "actionType": step.action_type,
                "title": step.title,
                "description": step.description,
                "config": step.config,
            }
            for step in models.runs.steps_of(row.id)
        ]
        described = {"name": told["name"], "description": told.get("description") or row.description, "steps": steps}
        made = templates.save(by, described, template_id=template_id, now=now)
        details = {"templateId": template_id, "name": told["name"]}
        acts.record(by, "saved run as template", "guided-run", row.id, now=now, details=details)
        return made


def newer_version(row: GuidedRun) -> int | None:
    """The number of the version that a run that goes on could take, if its template has a newer one."""
    if row.template_id is None or row.status not in ("in_progress", "paused"):
        return None
    try:
        number = templates.version_of(row.tenant_id, row.template_id).number
    except NotFound:
        return None
    return number if number > (row.template_version or 0) else None
