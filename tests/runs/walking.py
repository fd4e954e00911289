"""Runs as most tests begin with them: one step of a kind, started, and what is done in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.runs import lifecycle, models, step_actions, steps
from services.runs.action_types.registry import ACTIONS
from services.runs.models import GuidedRun, GuidedStep, StepRow
from shared.ground import ids
from shared.ground.principal import Principal
from tests.conftest import NOON
from tests.runs.conftest import ANA


def step(action_type: str = "review", title: str | None = None, **config: Any) -> dict[str, Any]:
    """A step as a run or a template is given it."""
    return {"actionType": action_type, "title": title or action_type, "config": config}


def run_of(*own: dict[str, Any], by: Principal = ANA, now: Any = NOON, **told: Any) -> GuidedRun:
    """A run of these steps."""
    return lifecycle.start(by, lifecycle.StartRun(steps=list(own), **told), run_id=ids.new_id(), now=now)


def only_step(run: GuidedRun, number: int = 1) -> GuidedStep:
    """A step of a run, as it is now."""
    return models.runs.steps_of(run)[number - 1]


def started(action_type: str = "review", *, by: Principal = ANA, now: Any = NOON, **config: Any) -> GuidedStep:
    """The step of a new run that has only this one, started."""
    run = run_of(step(action_type, **config), by=by, now=now)
    return steps.start(by, run.id, only_step(run).id, now=now)


def rows_of(one: GuidedStep) -> list[StepRow]:
    """The rows of a step."""
    return models.rows.of_step(one)


def row_about(one: GuidedStep, subject: Any) -> StepRow:
    """The row of a step about a partnership or an objective."""
    return next(row for row in rows_of(one) if row.subject_id == subject.id)


def act(
    one: GuidedStep,
    type_: str,
    *,
    by: Principal = ANA,
    now: Any = NOON,
    expected: int | None = None,
    send_delay: timedelta = timedelta(),
    **told: Any,
) -> Any:
    """Do something in a step."""
    command, new_id = ACTIONS[type_].command(**told), ids.new_id()
    return step_actions.perform(
        by, one.run_id, one.id, command, new_id=new_id, now=now, expected=expected, send_delay=send_delay
    )


def now_of(one: GuidedStep) -> GuidedStep:
    """The step as it is now."""
    return GuidedStep.get_by_id(one.id)


CONTACTS = [{"name": "Grace Hopper", "email": "grace@harbor.test", "title": "COO"}]
