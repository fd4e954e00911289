"""Generates and edits action plans, and shows them before and after they are finalized."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from datetime import datetime

from services.workflows import customer_context, models, stages, states, step_kinds, tasks
from services.workflows.commands import EditPlan
from services.workflows.definition import Item, PlanningContext
from services.workflows.models import Execution, Plan, Step, Task, acts, feed, replicas
from services.workflows.planning import edits, effective_plan, rules
from services.workflows.planning.validation import Checker
from services.workflows.step_kinds import action_plan
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal


def generate(by: Principal, execution_id: str, planner: str, *, now: datetime, expected: int | None = None) -> Plan:
    """Draft the plan from the outputs of the steps, keeping what people edited or decided.

    NotFound; Stale; Conflict while an earlier step is not done, once the execution has ended, or for a planner that is
    not set up.
    """
    if planner != "rules":
        raise Conflict(f"The planner {planner} is not set up here.", allowed=["rules"])
    with feed.transaction():
        execution = models.executions.get_for_update(by.tenant_id, execution_id)
        _require_in_progress(execution)
        steps = models.executions.steps_of(execution)
        plan = models.plans.get_or_none(by.tenant_id, execution.id)
        if plan is not None:
            plan.expect(expected)
        plan = _draft(by, execution, steps, plan, now)
        for step in steps:
            if step_kinds.get(step.kind).holds_plan and step.status == "pending":
                models.executions.change_step(step, status="in_progress", started_at=now)
        models.executions.change(execution, plan_status=plan.status)
        return plan


def get_or_draft(by: Principal, execution: Execution, steps: Sequence[Step], *, now: datetime) -> Plan:
    """The plan of an execution, drafted now if there is none. Conflict while an earlier step is not done. Call it
    inside a transaction."""
    plan = models.plans.get_or_none(by.tenant_id, execution.id) or _draft(by, execution, steps, None, now)
    models.executions.change(execution, plan_status=plan.status)
    return plan


def _require_in_progress(execution: Execution) -> None:
    if execution.status != "in_progress":
        raise Conflict(f"The workflow execution is {execution.status}.", allowed=[])


def _draft(by: Principal, execution: Execution, steps: Sequence[Step], plan: Plan | None, now: datetime) -> Plan:
    sources = [step for step in steps if not step_kinds.get(step.kind).holds_plan]
    waiting = next((step for step in sources if step.status not in models.executions.DONE), None)
    if waiting is not None:
        raise Conflict(
            f"The action plan is out of order: “{waiting.title}” comes first.",
            allowed=[f"{verb} {waiting.kind}" for verb in states.STEP.allowed(waiting.status)],
            step={"id": waiting.id, "kind": waiting.kind, "title": waiting.title, "status": waiting.status},
        )
    body = rules.draft(_context(execution, sources, now))
    if plan is None:
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
        plan.write(
            status=states.PLAN.after("generate", plan.status), body=edits.with_edited(plan.body, body), updated_at=now
        )
    acts.record(by, "generated action plan", "workflow-execution", execution.id, now=now)
    _notify(by, execution, plan, now)
    return plan


def _context(execution: Execution, steps: Sequence[Step], now: datetime) -> PlanningContext:
    customer = models.customers.get(execution.tenant_id, execution.customer_id)
    stage, facts = customer_context.stage_of(execution), customer_context.read(customer, now=now)
    return PlanningContext(
        execution_id=execution.id,
        stage=stage,
        next_stage=stages.next_stage(stage, facts.customer.renewal_date, facts.today),
        facts=facts,
        outputs=customer_context.outputs(execution, steps),
        steps=[{"title": step.title, "status": step.status, "summary": step.summary} for step in steps],
        country=replicas.tenants.region(execution.tenant_id).country,
        owner=execution.owner,
    )


def _notify(by: Principal, execution: Execution, plan: Plan, now: datetime) -> None:
    models.requests.notify(
        ids.named("plan-ready", execution.id, str(plan.version)),
        tenant_id=execution.tenant_id,
        source_id=execution.id,
        recipient_id=execution.owner,
        kind="plan_ready",
        title=f"The action plan for {execution.customer_name} is ready",
        body=action_plan.count(standing(plan.body))["summary"],
        link=f"/app/renewals/{execution.id}",
        by=by.as_json(),
        now=now,
    )


def edit(
    by: Principal,
    execution_id: str,
    command: EditPlan,
    *,
    new_id: Callable[[], str],
    now: datetime,
    expected: int | None = None,
) -> Plan:
    """Edit, approve or reject items, take a decision back, and add new ones.

    NotFound; Stale; Conflict once the execution has ended; Invalid as in `edits.applied`, for people who are not in
    the tenant, and, if it is strict, for an item that finalize would refuse.
    """
    with feed.transaction():
        execution = models.executions.get_for_update(by.tenant_id, execution_id)
        plan = models.plans.get(by.tenant_id, execution_id)
        plan.expect(expected)
        states.PLAN.after("edit", plan.status)
        _require_in_progress(execution)
        changes = command.as_json()
        body = edits.applied(plan.body, changes, new_id, edits.Editor(by.id, by.name, str(clock.rfc3339(now))))
        _check_people(by, plan.body, changes)
        if command.strict and (errors := tasks.checker().faults_of(edits.named(plan.body, body, changes))):
            raise Invalid("This could not be made as it is.", errors=errors)
        plan.write(body=body, updated_at=now)
        models.executions.mark(execution)
        details = edits.summary(changes)
        acts.record(by, "edited action plan", "workflow-execution", execution.id, now=now, details=details)
        return plan


def _check_people(by: Principal, body: JsonObject, changes: JsonObject) -> None:
    """Invalid, naming the place, if an edit names an owner, or a person in metadata, who is not in the tenant."""
    items = {item["id"]: item for name in edits.LISTS for item in body[name]}
    for name in edits.LISTS:
        for number, change in enumerate(changes.get(name, [])):
            before = items.get(change.get("id"), {})
            if change.get("owner") != before.get("owner"):
                replicas.people.require(by, change.get("owner"), field=f"{name}.{number}.owner")
            known = {part["id"]: part.get("owner") for part in before.get("subTasks") or []}
            for place, part in enumerate(change.get("subTasks") or []):
                if part.get("owner") and part["owner"] != known.get(part.get("id")):
                    replicas.people.require(by, part["owner"], field=f"{name}.{number}.subTasks.{place}.owner")
            metadata, processor = change.get("metadata"), change.get("processor") or before.get("processor")
            if metadata and processor and metadata != before.get("metadata"):
                tasks.require_people_in(by, processor, metadata, f"{name}.{number}.metadata")


def view(tenant_id: str, execution_id: str) -> tuple[Plan, JsonObject]:
    """The plan and its body for people: a draft with its issues, a finalized one with its tasks' states. NotFound
    without a plan."""
    plan = models.plans.get(tenant_id, execution_id)
    body = {"status": plan.status, "planner": plan.planner, **plan.body}
    if plan.status == "draft":
        checker = tasks.checker()
        body |= _effective(plan.body, _drafted_next(plan.body, checker))
        customer_id = models.executions.get(tenant_id, execution_id).customer_id
        contacts = customer_context.contacts(tenant_id, customer_id)
        body["aiTasks"] = effective_plan.with_changes(plan.body["aiTasks"], contacts)
        return plan, body | {"issues": [*plan.body["issues"], *_issues(plan.body, checker)]}
    live = {task.id: task for task in models.tasks.of_execution(tenant_id, execution_id)}
    failed = (plan.answer or {}).get("failed", [])
    refused = {failure["item"] for failure in failed}
    done = {task.id for task in live.values() if task.execution_status == "success"}
    body |= _effective(plan.body, next_workflow(plan.body, refused), done, refused)
    body |= {name: [_with_state(item, live) for item in plan.body[name]] for name in edits.LISTS}
    return plan, body | {"issues": failed, "finalized": plan.answer}


def standing(body: JsonObject) -> JsonObject:
    """The items of a draft that were not rejected, and the next workflow that follows from them."""
    kept = {name: effective_plan.items(body, name) for name in edits.LISTS}
    return kept | {"nextWorkflow": _drafted_next(body, tasks.checker())}


def _drafted_next(body: JsonObject, checker: Checker) -> JsonObject | None:
    """The next workflow of a draft, as finalize would schedule it now."""
    unmade = {item["id"] for item in effective_plan.scheduling(body) if checker.ai_task(item)}
    return next_workflow(body, unmade)


def next_workflow(body: JsonObject, refused: Set[str]) -> JsonObject | None:
    """The next workflow as finalize schedules it when it refuses these items, named after its stage; None without
    one."""
    following = effective_plan.following(body, refused)
    stage = stages.get_or_none(following["stage"]) if following else None
    return following | {"name": stage.renewal} if following and stage else following


def _effective(
    body: JsonObject, next_one: JsonObject | None, done: Set[str] = frozenset(), refused: Set[str] = frozenset()
) -> JsonObject:
    """The parts of a plan that follow from the present items."""
    return {
        "summary": body["summary"] | {"keyDecisions": effective_plan.decisions(body, done, refused)},
        "timeline": effective_plan.timeline(body, next_one, refused),
        "nextWorkflow": next_one,
    }


def _issues(body: JsonObject, checker: Checker) -> list[dict[str, str]]:
    """What finalize would refuse, and what could not be checked; rejected items have no issues."""
    problems = []
    for item in body["aiTasks"]:
        problems += [(item, reason) for reason in checker.ai_task(item) or checker.doubts(item)]
    for item in body["csmTasks"]:
        problems += [(item, reason) for reason in checker.csm_task(item)]
    return [{"item": item["id"], "reason": reason} for item, reason in problems if item["decision"] != "rejected"]


def _with_state(item: Item, live: dict[str, Task]) -> Item:
    task = live.get(item["id"])
    state: JsonObject = {"taskId": task.id if task else None, "taskStatus": task.status if task else None}
    if task is not None and task.auto_execute:
        state |= {
            "executionStatus": task.execution_status,
            "executionResult": task.execution_result,
            "executedAt": clock.rfc3339(task.executed_at),
        }
    if "subTasks" in item:
        state["subTasks"] = [_with_state(sub, live) for sub in item["subTasks"]]
    return item | state
