"""The life of a step: start, complete, skip and reset, each in its turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.workflows import analysis, gathering, models, plans, states
from services.workflows.models import Execution, Step, acts, feed
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound

DONE = models.executions.DONE
PLAN = plans.STEP_KIND


def start(by: By, execution_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> Step:
    """Begin a step, or one that was skipped. Conflict names what is allowed instead."""
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "start", expected)
        after = states.STEP.after("start", step.status)
        models.executions.change_step(step, status=after, started_at=now, completed_at=None)
        _record(by, execution, step, "started step", now)
        return step


def complete(
    by: By, execution_id: str, step_id: str, given: dict[str, Any], *, now: datetime, expected: int | None = None
) -> Step:
    """Compute the step's output from the customer's data as it is now, and open the next step, in one transaction.

    Conflict names what is allowed instead; Invalid names the wrong fields of the input. The action plan's step drafts
    the plan where none was generated yet.
    """
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "complete", expected)
        after = states.STEP.after("complete", step.status)
        output = _output(by, execution, step, steps, given, now)
        models.executions.change_step(
            step,
            status=after,
            started_at=step.started_at or now,
            completed_at=now,
            input=given,
            output=output,
            summary=output["summary"],
        )
        _open_next(steps, now)
        _record(by, execution, step, "completed step", now)
        return step


def skip(
    by: By, execution_id: str, step_id: str, *, now: datetime, reason: str | None = None, expected: int | None = None
) -> Step:
    """Pass over a step; it can be started later. The action plan cannot be skipped, because it is how a workflow
    ends."""
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "skip", expected)
        if step.kind == PLAN:
            raise Conflict("The action plan ends the workflow and cannot be skipped.", allowed=["complete", "start"])
        after = states.STEP.after("skip", step.status)
        models.executions.change_step(step, status=after, completed_at=now, summary=None, output=None)
        _open_next(steps, now)
        _record(by, execution, step, "skipped step", now, reason=reason)
        return step


def reset(by: By, execution_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> Step:
    """Take a step back, and with it all that came after, because it was computed from it; a draft plan goes with
    them."""
    with feed.transaction():
        execution, step, steps = _open(by, execution_id, step_id, expected)
        states.STEP.after("reset", step.status)
        if (plan := models.plans.known(by.tenant_id, execution.id)) is not None:
            models.plans.remove(plan)
        for one in steps[step.order_index - 1 :]:
            if one.status != "pending":
                models.executions.change_step(
                    one, status="pending", started_at=None, completed_at=None, input=None, output=None, summary=None
                )
        _record(by, execution, step, "reset step", now, plan_status=None)
        return step


def _open(by: By, execution_id: str, step_id: str, expected: int | None) -> tuple[Execution, Step, list[Step]]:
    """The execution, held; the step; and all its steps. NotFound, Stale, or Conflict where the execution is over."""
    execution = models.executions.alone(by.tenant_id, execution_id)
    execution.expect(expected)
    steps = models.executions.steps_of(execution.id)
    step = next((one for one in steps if one.id == step_id), None)
    if step is None:
        raise NotFound(f"There is no step {step_id} in this workflow execution.")
    if execution.status != "in_progress":
        raise Conflict(f"The workflow execution is {execution.status}.", allowed=[])
    return execution, step, steps


def _turn(
    by: By, execution_id: str, step_id: str, verb: str, expected: int | None
) -> tuple[Execution, Step, list[Step]]:
    """As `_open`, and Conflict where an earlier step is not done yet: it names that step and what it allows."""
    execution, step, steps = _open(by, execution_id, step_id, expected)
    require_turn(steps, step, verb)
    return execution, step, steps


def require_turn(steps: Sequence[Step], step: Step, verb: str) -> None:
    """Conflict where an earlier step is not done yet; `allowed` names the verbs and the step that they are for."""
    first = next((one for one in steps if one.status not in DONE), None)
    if first is None or first.order_index >= step.order_index:
        return
    raise Conflict(
        f"{verb} of “{step.title}” is out of order: “{first.title}” comes first.",
        allowed=[f"{allowed} {first.kind}" for allowed in states.STEP.allowed(first.status)],
        step={"id": first.id, "kind": first.kind, "title": first.title, "status": first.status},
    )


def _output(
    by: By, execution: Execution, step: Step, steps: Sequence[Step], given: dict[str, Any], now: datetime
) -> dict[str, Any]:
    if step.kind == PLAN:
        if given:
            raise Invalid("This step takes no input.", errors={f"input.{name}": ["Unknown field."] for name in given})
        return plans.drafted(by, execution, steps, now=now)
    customer = models.customers.find(by.tenant_id, execution.customer_id)
    dossier = gathering.dossier(customer, execution.stage, now=now)
    return analysis.compute(step.kind, dossier, given, outputs(steps, before=step.order_index))


def outputs(steps: Sequence[Step], *, before: int) -> dict[str, Any]:
    """What the completed steps before this place came to, by kind."""
    return {one.kind: one.output for one in steps if one.order_index < before and one.status == "completed"}


def _open_next(steps: Sequence[Step], now: datetime) -> None:
    """Open the first step that is still pending, unless another is open already."""
    if any(one.status == "in_progress" for one in steps):
        return
    if (following := next((one for one in steps if one.status == "pending"), None)) is not None:
        models.executions.change_step(following, status="in_progress", started_at=now)


def _record(
    by: By, execution: Execution, step: Step, verb: str, now: datetime, reason: str | None = None, **changed: Any
) -> None:
    models.executions.change(execution, **changed)
    details = {"step": step.kind, "executionId": execution.id}
    acts.record(by, verb, "workflow-step", step.id, now=now, reason=reason, details=details)
