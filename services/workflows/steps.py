"""Starts, completes and skips steps, each in its turn, and resets them with all later ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.workflows import customer_context, models, plans, states, step_kinds
from services.workflows.definition import StepContext
from services.workflows.models import Execution, Step, acts, feed
from shared.ground.errors import Conflict, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

DONE = models.executions.DONE


def start(by: Principal, execution_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> Step:
    """Start a pending or skipped step. NotFound; Stale; Conflict, which names what is allowed instead."""
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "start", expected)
        after = states.STEP.after("start", step.status)
        models.executions.change_step(step, status=after, started_at=now, completed_at=None)
        _record(by, execution, step, "started step", now)
        return step


def complete(
    by: Principal,
    execution_id: str,
    step_id: str,
    entered: JsonObject,
    *,
    now: datetime,
    expected: int | None = None,
) -> Step:
    """Compute the step's output from the customer's data as it is now, and open the next step, in one transaction.

    NotFound; Stale; Conflict, which names what is allowed instead; Invalid, which names the wrong fields of the input.
    The step of the action plan drafts the plan if there is none yet.
    """
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "complete", expected)
        after = states.STEP.after("complete", step.status)
        output = _computed(by, execution, step, steps, entered, now)
        models.executions.change_step(
            step,
            status=after,
            started_at=step.started_at or now,
            completed_at=now,
            input=entered,
            output=output,
            summary=output["summary"],
        )
        _open_next(steps, now)
        _record(by, execution, step, "completed step", now)
        return step


def skip(
    by: Principal,
    execution_id: str,
    step_id: str,
    *,
    now: datetime,
    reason: str | None = None,
    expected: int | None = None,
) -> Step:
    """Skip a step; it can be started later. NotFound; Stale; Conflict as in `start`, and for a kind that cannot be
    skipped."""
    with feed.transaction():
        execution, step, steps = _turn(by, execution_id, step_id, "skip", expected)
        if refusal := step_kinds.get(step.kind).skip_refusal:
            raise Conflict(refusal, allowed=["complete", "start"])
        after = states.STEP.after("skip", step.status)
        models.executions.change_step(step, status=after, completed_at=now, summary=None, output=None)
        _open_next(steps, now)
        _record(by, execution, step, "skipped step", now, reason=reason)
        return step


def reset(by: Principal, execution_id: str, step_id: str, *, now: datetime, expected: int | None = None) -> Step:
    """Reset a step and all later ones, because they were computed from it; a draft plan is deleted. NotFound; Stale;
    Conflict for a pending step, and once the execution has ended."""
    with feed.transaction():
        execution, step, steps = _open(by, execution_id, step_id, expected)
        states.STEP.after("reset", step.status)
        if (plan := models.plans.get_or_none(by.tenant_id, execution.id)) is not None:
            models.plans.remove(plan)
        for later in steps[step.order_index - 1 :]:
            if later.status != "pending":
                models.executions.change_step(
                    later, status="pending", started_at=None, completed_at=None, input=None, output=None, summary=None
                )
        _record(by, execution, step, "reset step", now, plan_status=None)
        return step


def _open(by: Principal, execution_id: str, step_id: str, expected: int | None) -> tuple[Execution, Step, list[Step]]:
    """The execution, locked; the step; and all its steps. NotFound, Stale, or Conflict when the execution has ended."""
    execution = models.executions.get_for_update(by.tenant_id, execution_id)
    execution.expect(expected)
    steps = models.executions.steps_of(execution)
    step = next((step for step in steps if step.id == step_id), None)
    if step is None:
        raise NotFound(f"There is no step {step_id} in this workflow execution.")
    if execution.status != "in_progress":
        raise Conflict(f"The workflow execution is {execution.status}.", allowed=[])
    return execution, step, steps


def _turn(
    by: Principal, execution_id: str, step_id: str, verb: str, expected: int | None
) -> tuple[Execution, Step, list[Step]]:
    """Like `_open`, but Conflict if an earlier step is not done: it names that step and what it allows."""
    execution, step, steps = _open(by, execution_id, step_id, expected)
    require_turn(steps, step, verb)
    return execution, step, steps


def require_turn(steps: Sequence[Step], step: Step, verb: str) -> None:
    """Conflict if an earlier step is not done; `allowed` names the verbs and the step that they are for."""
    first = next((step for step in steps if step.status not in DONE), None)
    if first is None or first.order_index >= step.order_index:
        return
    raise Conflict(
        f"{verb} of “{step.title}” is out of order: “{first.title}” comes first.",
        allowed=[f"{allowed} {first.kind}" for allowed in states.STEP.allowed(first.status)],
        step={"id": first.id, "kind": first.kind, "title": first.title, "status": first.status},
    )


def _computed(
    by: Principal, execution: Execution, step: Step, steps: Sequence[Step], entered: JsonObject, now: datetime
) -> JsonObject:
    kind = step_kinds.get(step.kind)
    command = kind.read_input(entered)
    plan = plans.get_or_draft(by, execution, steps, now=now) if kind.holds_plan else None
    customer = models.customers.get(by.tenant_id, execution.customer_id)
    context = StepContext(
        facts=customer_context.read(customer, now=now),
        stage=customer_context.stage_of(execution),
        outputs=customer_context.outputs(execution, steps[: step.order_index - 1]),
        input=command,
        plan=plans.standing(plan.body) if plan else None,
    )
    return kind.compute(context)


def _open_next(steps: Sequence[Step], now: datetime) -> None:
    """Open the first pending step, unless another is open already."""
    if any(step.status == "in_progress" for step in steps):
        return
    if (following := next((step for step in steps if step.status == "pending"), None)) is not None:
        models.executions.change_step(following, status="in_progress", started_at=now)


def _record(
    by: Principal, execution: Execution, step: Step, verb: str, now: datetime, reason: str | None = None, **changed: Any
) -> None:
    models.executions.change(execution, **changed)
    details = {"step": step.kind, "executionId": execution.id}
    acts.record(by, verb, "workflow-step", step.id, now=now, reason=reason, details=details)
