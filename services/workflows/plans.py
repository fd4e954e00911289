"""The action plan until it is finalized: generate a draft, edit it, approve or reject its items, look at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.workflows import gathering, models, stages, states
from services.workflows.models import Execution, Plan, Step, acts, copies, feed
from services.workflows.planning import edits, rules
from services.workflows.planning.item import Ground, Item
from services.workflows.planning.validation import Checker
from shared import ids
from shared.acts import By
from shared.errors import Conflict

STEP_KIND = "action_plan"


def generate(by: By, execution_id: str, planner: str, *, now: datetime, expected: int | None = None) -> Plan:
    """Draft the plan from what the steps found; what people edited or decided before is kept as they left it.

    NotFound; Conflict while a step before it is not done, once the plan is finalized, or for a planner that is not set
    up.
    """
    if planner != "rules":
        raise Conflict(f"The planner {planner} is not set up here.", allowed=["rules"])
    with feed.transaction():
        execution = models.executions.alone(by.tenant_id, execution_id)
        _in_progress(execution)
        steps = models.executions.steps_of(execution.id)
        known = models.plans.known(by.tenant_id, execution.id)
        if known is not None:
            known.expect(expected)
        plan = _draft(by, execution, steps, known, now)
        step = _plan_step(steps)
        if step.status == "pending":
            models.executions.change_step(step, status="in_progress", started_at=now)
        models.executions.change(execution, plan_status=plan.status)
        return plan


def drafted(by: By, execution: Execution, steps: Sequence[Step], *, now: datetime) -> dict[str, Any]:
    """What the action plan's step comes to: the counts of its plan, drafted now where there is none. In a
    transaction."""
    plan = models.plans.known(by.tenant_id, execution.id) or _draft(by, execution, steps, None, now)
    execution.plan_status = plan.status
    models.executions.change(execution, plan_status=plan.status)
    return counted(plan)


def counted(plan: Plan) -> dict[str, Any]:
    """`{aiTasks, csmTasks, subTasks, nextWorkflow, summary}` of a plan, as the output of its step."""
    ai, csm = len(plan.body["aiTasks"]), len(plan.body["csmTasks"])
    return {
        "aiTasks": ai,
        "csmTasks": csm,
        "subTasks": sum(len(item.get("subTasks") or []) for item in plan.body["csmTasks"]),
        "nextWorkflow": plan.body["nextWorkflow"],
        "summary": f"Action Plan: {ai} AI task{'' if ai == 1 else 's'} + {csm} CSM task{'' if csm == 1 else 's'}",
    }


def _in_progress(execution: Execution) -> None:
    if execution.status != "in_progress":
        raise Conflict(f"The workflow execution is {execution.status}.", allowed=[])


def _plan_step(steps: Sequence[Step]) -> Step:
    return next(one for one in steps if one.kind == STEP_KIND)


def _draft(by: By, execution: Execution, steps: Sequence[Step], known: Plan | None, now: datetime) -> Plan:
    from_steps = [one for one in steps if one.kind != STEP_KIND]
    waiting = next((one for one in from_steps if one.status not in models.executions.DONE), None)
    if waiting is not None:
        raise Conflict(
            f"The action plan is out of order: “{waiting.title}” comes first.",
            allowed=[f"{verb} {waiting.kind}" for verb in states.STEP.allowed(waiting.status)],
            step={"id": waiting.id, "kind": waiting.kind, "title": waiting.title, "status": waiting.status},
        )
    body = rules.draft(_ground(execution, from_steps, now))
    if known is None:
        plan = models.plans.add(
            execution_id=execution.id,
            tenant_id=execution.tenant_id,
            status="draft",
            planner="rules",
            body=body,
            created_at=now,
            updated_at=now,
        )
    else:
        plan = known
        plan.write(status=states.PLAN.after("generate", plan.status), body=edits.kept(plan.body, body), updated_at=now)
    acts.record(by, "generated action plan", "workflow-execution", execution.id, now=now)
    _tell(by, execution, plan, now)
    return plan


def _ground(execution: Execution, steps: Sequence[Step], now: datetime) -> Ground:
    customer = models.customers.find(execution.tenant_id, execution.customer_id)
    stage = stages.named(execution.stage)
    assert stage is not None, execution.stage
    return Ground(
        execution_id=execution.id,
        stage=stage,
        dossier=gathering.dossier(customer, execution.stage, now=now),
        outputs={one.kind: one.output for one in steps if one.status == "completed"},
        steps=[{"kind": one.kind, "title": one.title, "status": one.status, "summary": one.summary} for one in steps],
        country=copies.home(execution.tenant_id).country,
        owner=execution.owner,
    )


def _tell(by: By, execution: Execution, plan: Plan, now: datetime) -> None:
    models.requests.notify(
        id=ids.named("plan-ready", execution.id, str(plan.version)),
        tenant_id=execution.tenant_id,
        recipient_id=execution.owner,
        kind="plan_ready",
        title=f"The action plan for {execution.customer_name} is ready",
        body=counted(plan)["summary"],
        link=f"/app/renewals/{execution.id}",
        by=by.as_json(),
        created_at=now,
    )


def edit(
    by: By,
    execution_id: str,
    changes: dict[str, Any],
    *,
    new_id: Callable[[], str],
    now: datetime,
    expected: int | None = None,
) -> Plan:
    """Edit, approve or reject items: `{aiTasks: [{id, ...}], csmTasks: [{id, ...}]}`, with only what changes of each.

    An entry without an id is a new item. NotFound; Stale; Conflict once the plan is finalized; Invalid as in
    `edits.applied`.
    """
    with feed.transaction():
        execution = models.executions.alone(by.tenant_id, execution_id)
        plan = models.plans.find(by.tenant_id, execution_id)
        plan.expect(expected)
        states.PLAN.after("edit", plan.status)
        _in_progress(execution)
        plan.write(body=edits.applied(plan.body, changes, new_id), updated_at=now)
        models.executions.mark(execution)
        details = edits.told(changes)
        acts.record(by, "edited action plan", "workflow-execution", execution.id, now=now, details=details)
        return plan


def view(tenant_id: str, execution_id: str) -> tuple[Plan, dict[str, Any]]:
    """The plan and what is shown of it: a draft with what is wrong with its items, a finalized one with its tasks'
    states."""
    plan = models.plans.find(tenant_id, execution_id)
    body = {"status": plan.status, "planner": plan.planner, **plan.body}
    if plan.status == "draft":
        return plan, body | {"issues": [*plan.body["issues"], *issues(plan.body)]}
    live = {task.id: task for task in models.tasks.of_execution(tenant_id, execution_id)}
    body |= {name: [_with_state(item, live) for item in plan.body[name]] for name in edits.LISTS}
    return plan, body | {"issues": (plan.answer or {}).get("failed", []), "finalized": plan.answer}


def issues(body: dict[str, Any]) -> list[dict[str, str]]:
    """What finalize would refuse, and what it could not check; rejected items have no issues."""
    checker = Checker(copies.schemas())
    found = []
    for item in body["aiTasks"]:
        found += [(item, reason) for reason in checker.ai_task(item) or checker.doubts(item)]
    for item in body["csmTasks"]:
        found += [(item, reason) for reason in checker.csm_task(item)]
    return [{"item": item["id"], "reason": reason} for item, reason in found if item["decision"] != "rejected"]


def _with_state(item: Item, live: dict[str, Any]) -> Item:
    task = live.get(item["id"])
    state: dict[str, Any] = {"taskId": task.id if task else None, "taskStatus": task.status if task else None}
    if task is not None and task.auto_execute:
        state |= {
            "executionStatus": task.execution_status,
            "executionResult": task.execution_result,
            "executedAt": task.executed_at.isoformat().replace("+00:00", "Z") if task.executed_at else None,
        }
    if "subTasks" in item:
        state["subTasks"] = [_with_state(sub, live) for sub in item["subTasks"]]
    return item | state
