"""Moves a run that is not over to another version of its template. A step that was begun changes only its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.runs import lifecycle, models, steps, templates
from services.runs.catalogue import Step
from services.runs.models import GuidedRun, GuidedStep, acts, feed
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

PARTS = (("title", "title"), ("description", "description"), ("action_type", "actionType"), ("config", "config"))


@dataclass(frozen=True)
class Changes:
    """What moving to a version would do: steps to add, to change and to drop, and those that stay as they are because
    they were begun or are finished. `namesakes` are the run's own steps that give up their key to an added one.
    `steps` are those of the version."""

    before: int | None
    after: int
    add: list[Step]
    change: list[Step]
    drop: list[GuidedStep]
    kept: list[GuidedStep]
    namesakes: list[GuidedStep]
    steps: Sequence[Step]


def changes(tenant_id: str, run_id: str, number: int | None = None) -> Changes:
    """What moving a run to a version of its template (by default the newest) would change. NotFound; Conflict for a run
    without a template."""
    run = models.runs.find(tenant_id, run_id)
    return _changes(run, models.runs.steps_of(run), number)


def newer_version(row: GuidedRun) -> int | None:
    """The newest version of the run's template, if the run is in progress or paused and has an older one; else None."""
    if row.template_id is None or row.status not in ("in_progress", "paused"):
        return None
    try:
        number = templates.version_of(row.tenant_id, row.template_id).number
    except NotFound:
        return None
    return number if number > (row.template_version or 0) else None


def take(
    by: Principal, run_id: str, *, now: datetime, number: int | None = None, expected: int | None = None
) -> GuidedRun:
    """Move the run to a version of its template, by default the newest. NotFound, Stale; Conflict when the run is over,
    has no template, or has this version."""
    with feed.transaction():
        run = models.runs.get_for_update(by.tenant_id, run_id)
        run.expect(expected)
        if run.status not in ("in_progress", "paused"):
            raise Conflict(f"The guided run is {run.status}.", allowed=[])
        current = models.runs.steps_of(run)
        changes_ = _changes(run, current, number)
        if changes_.after == run.template_version:
            raise Conflict(f"The run has version {changes_.after} of its template already.", allowed=[])
        _apply(run, current, changes_)
        models.runs.change(run, template_version=changes_.after)
        steps.advance(run)
        acts.record(by, "took template version", "guided-run", run.id, now=now, details=_said(changes_))
        return run


def _said(changes_: Changes) -> JsonObject:
    return {
        "from": changes_.before,
        "to": changes_.after,
        "added": [step["title"] for step in changes_.add],
        "changed": [step["title"] for step in changes_.change],
        "dropped": [step.title for step in changes_.drop],
    }


def _changes(run: GuidedRun, current: Sequence[GuidedStep], number: int | None) -> Changes:
    if run.template_id is None:
        raise Conflict("The run was not started from a template.", allowed=[])
    new = templates.version_of(run.tenant_id, run.template_id, number)
    of_new = {step["key"] for step in new.steps}
    of_old = _keys_before(run, of_new)
    namesakes = [step for step in current if step.status == "pending" and step.key in of_new - of_old]
    by_key = {step.key: step for step in current if step not in namesakes}
    dropped = [step for step in current if step.key in of_old - of_new]
    differing = [step for step in new.steps if step["key"] in by_key and _differs(by_key[step["key"]], step)]
    return Changes(
        before=run.template_version,
        after=new.number,
        add=[step for step in new.steps if step["key"] not in by_key],
        change=[step for step in differing if by_key[step["key"]].status == "pending"],
        drop=[step for step in dropped if step.status == "pending"],
        kept=[step for step in current if step.status != "pending" and step.key in of_old | of_new],
        namesakes=namesakes,
        steps=new.steps,
    )


def _keys_before(run: GuidedRun, fallback: set[str]) -> set[str]:
    """The keys of the steps that came from the template; `fallback` where that built-in version no longer exists."""
    try:
        before = templates.version_of(run.tenant_id, str(run.template_id), run.template_version)
    except NotFound:
        return fallback
    return {step["key"] for step in before.steps}


def _differs(step: GuidedStep, new: Step) -> bool:
    return any(getattr(step, column) != (new.get(name) or type(getattr(step, column))()) for column, name in PARTS)


def _apply(run: GuidedRun, current: Sequence[GuidedStep], changes_: Changes) -> None:
    models.runs.drop_steps(changes_.drop)
    _free_keys(current, changes_.namesakes, {step["key"] for step in changes_.steps})
    dropped = {step.id for step in changes_.drop}
    left = [step for step in current if step.id not in dropped]
    order = _order(left, [step["key"] for step in changes_.steps])
    places = {key: number for number, key in enumerate(order, start=1)}
    changed = {step["key"]: step for step in changes_.change}
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
    models.runs.add_steps(_added(run, changes_, places, {step.id for step in left}))


def _free_keys(current: Sequence[GuidedStep], namesakes: Sequence[GuidedStep], of_new: set[str]) -> None:
    """Give each of these steps a key that neither the run nor the new version has."""
    taken = of_new | {step.key for step in current}
    for step in namesakes:
        free = templates.free_key(step.key, taken)
        taken.add(free)
        models.runs.change_step(step, key=free)


def _added(run: GuidedRun, changes_: Changes, places: Mapping[str, int], taken: set[str]) -> list[Columns]:
    """The columns of the steps to add. One whose id a step has that gave up the key gets an id of its version."""
    rows = [lifecycle.step_row(run.tenant_id, run.id, places[step["key"]], step) for step in changes_.add]
    return [
        row | {"id": ids.named("guided-step", run.id, row["key"], str(changes_.after))} if row["id"] in taken else row
        for row in rows
    ]


def _order(left: Sequence[GuidedStep], keys: Sequence[str]) -> list[str]:
    """The keys in the template's order; a step that is not in the template keeps its place directly after the one
    before it."""
    order = list(keys)
    before: str | None = None
    for step in left:
        if step.key not in order:
            order.insert(order.index(before) + 1 if before is not None else 0, step.key)
        before = step.key
    return order
