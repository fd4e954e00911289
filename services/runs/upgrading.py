"""A run that goes on takes a newer version of its template, without touching a step that somebody has begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.runs import lifecycle, models, steps, templates
from services.runs.models import GuidedRun, GuidedStep, acts, feed
from shared.acts import By
from shared.errors import Conflict, NotFound

PARTS = (("title", "title"), ("description", "description"), ("action_type", "actionType"), ("config", "config"))


@dataclass(frozen=True)
class Changes:
    """What taking a version would do: steps to add, to change and to drop, and those that stay as they are because they
    were begun or are finished."""

    before: int | None
    after: int
    add: list[dict[str, Any]]
    change: list[dict[str, Any]]
    drop: list[GuidedStep]
    kept: list[GuidedStep]


def changes(tenant_id: str, run_id: str, number: int | None = None) -> Changes:
    """What taking a version of its template (the newest, if none is named) would do to a run. NotFound; Conflict for a run
    without a template."""
    run = models.runs.find(tenant_id, run_id)
    return _changes(run, models.runs.steps_of(run.id), number)


def take(by: By, run_id: str, *, now: datetime, number: int | None = None, expected: int | None = None) -> GuidedRun:
    """Do it. NotFound, Stale; Conflict when the run is over or has this version."""
    with feed.transaction():
        run = models.runs.alone(by.tenant_id, run_id)
        run.expect(expected)
        if run.status not in ("in_progress", "paused"):
            raise Conflict(f"The guided run is {run.status}.", allowed=[])
        standing = models.runs.steps_of(run.id)
        found = _changes(run, standing, number)
        if found.after == run.template_version:
            raise Conflict(f"The run has version {found.after} of its template already.", allowed=[])
        template = templates.version_of(run.tenant_id, str(run.template_id), found.after)
        _apply(run, standing, found, template.steps)
        models.runs.change(run, template_version=found.after)
        steps.advance(run)
        acts.record(by, "took template version", "guided-run", run.id, now=now, details=_said(found))
        return run


def _said(found: Changes) -> dict[str, Any]:
    return {
        "from": found.before,
        "to": found.after,
        "added": [one["title"] for one in found.add],
        "changed": [one["title"] for one in found.change],
        "dropped": [one.title for one in found.drop],
    }


def _changes(run: GuidedRun, standing: Sequence[GuidedStep], number: int | None) -> Changes:
    if run.template_id is None:
        raise Conflict("The run was not started from a template.", allowed=[])
    new = templates.version_of(run.tenant_id, run.template_id, number)
    by_key = {step.key: step for step in standing}
    of_new = {step["key"] for step in new.steps}
    of_old = _keys_before(run, of_new)
    dropped = [step for step in standing if step.key in of_old - of_new]
    differing = [one for one in new.steps if one["key"] in by_key and _differs(by_key[one["key"]], one)]
    return Changes(
        before=run.template_version,
        after=new.number,
        add=[one for one in new.steps if one["key"] not in by_key],
        change=[one for one in differing if by_key[one["key"]].status == "pending"],
        drop=[step for step in dropped if step.status == "pending"],
        kept=[step for step in standing if step.status != "pending" and step.key in of_old | of_new],
    )


def _keys_before(run: GuidedRun, fallback: set[str]) -> set[str]:
    """The keys of the steps that came from the template; a built-in version that is no longer known says nothing."""
    try:
        before = templates.version_of(run.tenant_id, str(run.template_id), run.template_version)
    except NotFound:
        return fallback
    return {step["key"] for step in before.steps}


def _differs(step: GuidedStep, told: dict[str, Any]) -> bool:
    return any(getattr(step, column) != (told.get(name) or type(getattr(step, column))()) for column, name in PARTS)


def _apply(run: GuidedRun, standing: Sequence[GuidedStep], found: Changes, told: Sequence[dict[str, Any]]) -> None:
    models.runs.drop_steps(found.drop)
    dropped = {step.id for step in found.drop}
    left = [step for step in standing if step.id not in dropped]
    order = _order(left, [one["key"] for one in told])
    places = {key: number for number, key in enumerate(order, start=1)}
    changed = {one["key"]: one for one in found.change}
    for step in left:
        values = (
            {column: changed[step.key].get(name) or type(getattr(step, column))() for column, name in PARTS}
            if (step.key in changed)
            else {}
        )
        if step.order_index != places[step.key]:
            values["order_index"] = places[step.key]
        if values:
            models.runs.change_step(step, **values)
    models.runs.add_steps([lifecycle.step_row(run.tenant_id, run.id, places[one["key"]], one) for one in found.add])


def _order(left: Sequence[GuidedStep], told: Sequence[str]) -> list[str]:
    """The keys in the template's order; a step that is not in the template stays behind the one that it follows now."""
    order = list(told)
    before: str | None = None
    for step in left:
        if step.key not in order:
            order.insert(order.index(before) + 1 if before is not None else 0, step.key)
        before = step.key
    return order
