"""Runs as most tests begin with them: one step of a kind, started, and what is done in it."""

from __future__ import annotations

from typing import Any

from services.runs import acting, lifecycle, models, steps
from services.runs.models import GuidedRun, GuidedStep, StepRow
from shared import ids
from shared.acts import By
from tests.conftest import NOON
from tests.runs.conftest import ANA


def step(action_type: str = "review", title: str | None = None, **config: Any) -> dict[str, Any]:
    """A step as a run or a template is given it."""
    return {"actionType": action_type, "title": title or action_type, "config": config}


def run_of(*own: dict[str, Any], by: By = ANA, now: Any = NOON, **told: Any) -> GuidedRun:
    """A run of these steps."""
    return lifecycle.start(by, {"steps": list(own), **told}, run_id=ids.new_id(), now=now)


def only_step(run: GuidedRun, number: int = 1) -> GuidedStep:
    """A step of a run, as it is now."""
    return models.runs.steps_of(run.id)[number - 1]


def started(action_type: str = "review", *, by: By = ANA, now: Any = NOON, **config: Any) -> GuidedStep:
    """The step of a new run that has only this one, started."""
    run = run_of(step(action_type, **config), by=by, now=now)
    return steps.start(by, run.id, only_step(run).id, now=now)


def rows_of(one: GuidedStep) -> list[StepRow]:
    """The rows of a step."""
    return models.rows.of_step(one.id)


def row_about(one: GuidedStep, subject: Any) -> StepRow:
    """The row of a step about a partnership or an objective."""
    return next(row for row in rows_of(one) if row.subject_id == subject.id)


def act(one: GuidedStep, type_: str, *, by: By = ANA, now: Any = NOON, expected: int | None = None, **told: Any) -> Any:
    """Do something in a step."""
    return acting.perform(
        by, one.run_id, one.id, {"type": type_, **told}, new_id=ids.new_id(), now=now, expected=expected
    )


def now_of(one: GuidedStep) -> GuidedStep:
    """The step as it is now."""
    return GuidedStep.get_by_id(one.id)


CONTACTS = [{"name": "Grace Hopper", "email": "grace@harbor.test", "title": "COO"}]
