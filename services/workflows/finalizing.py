"""Finalizes a plan in one transaction: creates its tasks, queues the AI ones, schedules the next workflow's trigger and
completes the execution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from services.workflows import customer_context, models, plans, states, step_kinds, tasks
from services.workflows.definition import Item
from services.workflows.models import CUSTOMER, Execution, Plan, acts, feed
from services.workflows.planning import effective_plan
from services.workflows.step_kinds import action_plan
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.errors import Conflict
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

MOST_NAMED = 10
"""How many undecided items a refusal names in its sentence."""


@dataclass
class _Work:
    """The rows of tasks to be written, and the items that could not be made."""

    rows: list[Columns] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, item: Item, reasons: Iterable[str]) -> None:
        self.failed.append({"item": item["id"], "title": item.get("title") or "", "reason": "; ".join(reasons)})


def finalize(
    by: Principal, execution_id: str, *, approve_open: bool = True, now: datetime, expected: int | None = None
) -> JsonObject:
    """Create the tasks of every item that was not rejected, queue the AI ones, schedule the next workflow, and complete
    the execution.

    Returns `{created: {aiTasks, csmTasks, subTasks}, failed: [{item, title, reason}], nextWorkflow}`. An item that
    cannot be made does not stop the others. Finalizing a second time changes nothing and gives the same answer.
    NotFound without an execution or a plan; Stale; Conflict when the execution is cancelled or a step is not done, and
    without `approve_open` when nobody has decided on one of the AI items.
    """
    with feed.transaction():
        execution = models.executions.get_for_update(by.tenant_id, execution_id)
        plan = models.plans.get(by.tenant_id, execution_id)
        if plan.status == "finalized":
            return plan.answer
        plan.expect(expected)
        completed = states.EXECUTION.after("finalize", execution.status)
        if not approve_open:
            _require_decided(plan)
        work = _work(execution, plan, now)
        _write(by, execution, work, now)
        answer = {
            "created": _counts(work.rows),
            "failed": work.failed,
            "nextWorkflow": _schedule(by, execution, plan, work, now),
        }
        contacts = customer_context.contacts(by.tenant_id, execution.customer_id)
        body = plan.body | {"aiTasks": effective_plan.with_changes(plan.body["aiTasks"], contacts)}
        after = states.PLAN.after("finalize", plan.status)
        plan.write(status=after, body=body, answer=answer, finalized_at=now, updated_at=now)
        _complete(by, execution, plan, completed, now)
        return answer


def _require_decided(plan: Plan) -> None:
    """Conflict naming the AI items that were neither approved nor rejected."""
    open_items = [item for item in plan.body["aiTasks"] if item["decision"] == "proposed"]
    if open_items:
        named = [{"id": item["id"], "title": item.get("title") or ""} for item in open_items]
        titles = "; ".join(item["title"] for item in named[:MOST_NAMED])
        raise Conflict(
            f"{len(named)} AI {'item waits' if len(named) == 1 else 'items wait'} for a decision: {titles}.",
            allowed=["approve", "reject"],
            undecided=named,
        )


def _work(execution: Execution, plan: Plan, now: datetime) -> _Work:
    checker, work = tasks.checker(), _Work()
    for position, item in enumerate(effective_plan.items(plan.body, "aiTasks")):
        if problems := checker.ai_task(item):
            work.refuse(item, problems)
        else:
            work.rows.append(_ai_row(execution, item, position, now))
    for position, item in enumerate(effective_plan.items(plan.body, "csmTasks")):
        if problems := checker.csm_task(item):
            work.refuse(item, problems)
            continue
        parent = _row(execution, item, position, now)
        work.rows.append(parent)
        work.rows += [
            _row(execution, sub, number, now)
            | {"parent_task_id": parent["id"], "owner": sub.get("owner") or parent["owner"]}
            for number, sub in enumerate(item.get("subTasks") or [])
        ]
    return work


def _row(execution: Execution, item: Item, position: int, now: datetime) -> Columns:
    """A task's columns. Every row has the same ones, so that many can be written in one statement."""
    return {
        "id": item["id"],
        "tenant_id": execution.tenant_id,
        "title": item["title"].strip(),
        "description": item.get("description") or "",
        "status": "open",
        "priority": item["priority"],
        "due_date": date.fromisoformat(item["dueDate"]) if item.get("dueDate") else None,
        "owner": item.get("owner") or execution.owner,
        **models.tasks.subject(CUSTOMER, execution.customer_id),
        "execution_id": execution.id,
        "parent_task_id": None,
        "position": position,
        "estimated_completion_time": item.get("estimatedCompletionTime"),
        "complexity": item["complexity"],
        "evidence": item.get("evidence") or [],
        "auto_execute": False,
        "processor": None,
        "metadata": None,
        "execution_status": None,
        "run_id": None,
        "created_at": now,
        "updated_at": now,
    }


def _ai_row(execution: Execution, item: Item, position: int, now: datetime) -> Columns:
    return _row(execution, item, position, now) | {
        "auto_execute": True,
        "processor": item["processor"],
        "metadata": item["metadata"],
        "execution_status": "queued",
        "run_id": item["id"],
    }


def _write(by: Principal, execution: Execution, work: _Work, now: datetime) -> None:
    """Write the tasks. A row that the database refuses is removed from the work with its sub-tasks, and reported as
    failed."""
    refused = models.tasks.add_many(work.rows)
    orphans = [row["id"] for row in work.rows if row["parent_task_id"] in refused and row["id"] not in refused]
    models.tasks.drop(execution.tenant_id, orphans)
    refused |= dict.fromkeys(orphans, "the task that it belongs to was refused")
    titles = {row["id"]: row["title"] for row in work.rows}
    for row_id, reason in refused.items():
        work.failed.append({"item": row_id, "title": titles[row_id], "reason": reason})
    work.rows = [row for row in work.rows if row["id"] not in refused]
    ai_tasks = [models.Task(**row) for row in work.rows if row["auto_execute"]]
    models.requests.request_ai_tasks(
        [tasks.ai_task_request(by, task, request_id=task.id, now=now) for task in ai_tasks]
    )


def _counts(rows: list[Columns]) -> dict[str, int]:
    ai = sum(row["auto_execute"] for row in rows)
    sub = sum(row["parent_task_id"] is not None for row in rows)
    return {"aiTasks": ai, "csmTasks": len(rows) - ai - sub, "subTasks": sub}


def _schedule(by: Principal, execution: Execution, plan: Plan, work: _Work, now: datetime) -> JsonObject | None:
    """Write the execution's trigger as the plan's scheduling item says, or as drafted if that item could not be made.
    None without a next workflow, or if a person rejected the item."""
    following = plans.next_workflow(plan.body, {failure["item"] for failure in work.failed})
    if following is None:
        return None
    trigger = models.triggers.of_execution(execution.tenant_id, execution.id)
    if trigger is None:
        trigger = models.triggers.add(
            id=ids.named("trigger", execution.id),
            tenant_id=execution.tenant_id,
            execution_id=execution.id,
            customer_id=execution.customer_id,
            status="scheduled",
            stage=following["stage"],
            trigger_date=date.fromisoformat(following["estimatedDate"]),
            conditions=following["conditions"],
            created_at=now,
            by=by.as_json(),
        )
    return following | {"triggerId": trigger.id}


def _complete(by: Principal, execution: Execution, plan: Plan, status: str, now: datetime) -> None:
    for step in models.executions.steps_of(execution):
        if step_kinds.get(step.kind).holds_plan:
            output = action_plan.output(plan.answer["created"], plan.answer["nextWorkflow"])
            models.executions.change_step(
                step,
                status="completed",
                started_at=step.started_at or now,
                completed_at=now,
                output=output,
                summary=output["summary"],
            )
        elif step.status not in models.executions.DONE:
            raise Conflict(
                f"“{step.title}” is not done.",
                allowed=[f"{verb} {step.kind}" for verb in states.STEP.allowed(step.status)],
            )
    models.executions.change(execution, status=status, plan_status=plan.status, completed_at=now)
    acts.record(
        by, "finalized action plan", "workflow-execution", execution.id, now=now, details=plan.answer["created"]
    )
