"""Combines an action plan with the tasks that were made from it, as its page shows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.monitor import reporting, tenant_scope
from services.monitor.pages import api_client, customers, status_style, task_rows, wording
from shared.ground.errors import NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

DONE = ("success", "completed")
UNDER_WAY = ("queued", "running")

Plan = JsonObject
Item = JsonObject


def path(execution_id: str) -> str:
    """The path of an execution's plan in the API of workflows."""
    return f"/api/workflows/executions/{execution_id}/action-plan"


def template_context(by: Principal, execution: JsonObject, item_id: str | None = None) -> dict[str, Any]:
    """The variables of the page: the plan, its review, its tasks in their newest state, and the item that is shown
    beside the list: that of this id, else the first that waits for somebody. `plan` is None before there is one.

    Unavailable when workflows does not answer for the plan.
    """
    plan = find(by, execution["id"])
    if plan is None:
        return {"plan": None, "plan_first": False, "task_of": {}}
    finalized = plan["status"] == "finalized"
    tasks, away = api_client.optional("", lambda: tasks_of(by, execution["id"]), []) if finalized else ([], None)
    task_of = _tasks_in(plan) | {task["id"]: task for task in tasks}
    newest = _states(by, execution["id"])
    task_of = {task_id: in_newest_state(task, newest.get(task_id, {})) for task_id, task in task_of.items()}
    titles = {item["id"]: item["title"] for item in items(plan)}
    named = next((item for item in items(plan) if item["id"] == item_id), None)
    return {
        "plan": plan,
        "plan_first": finalized,
        "task_of": task_of,
        "review": review(plan),
        "chosen": named or _first(plan, task_of),
        "is_chosen_by_name": named is not None,
        "seen": mark_of(named or _first(plan, task_of)),
        "names": customers.owners(by),
        "today": task_rows.today(by).isoformat(),
        "tasks_away": away,
        "issues": [
            issue | {"title": issue.get("title") or titles.get(issue["item"]) or wording.words(issue["item"])}
            for issue in plan["issues"]
        ],
        "ai_done": sum((task_of.get(item["id"]) or {}).get("executionStatus") in DONE for item in plan["aiTasks"]),
        "ai_failed": sum(
            (task_of.get(item["id"]) or {}).get("executionStatus") == "failed" for item in plan["aiTasks"]
        ),
    }


def find(by: Principal, execution_id: str) -> Plan | None:
    """The plan as it is now, or None."""
    try:
        plan = api_client.get("workflows", path(execution_id), by)
    except NotFound:
        return None
    return plan if plan.get("aiTasks") is not None else None


def tasks_of(by: Principal, execution_id: str) -> list[JsonObject]:
    """All tasks of an execution, including sub-tasks."""
    return api_client.every("workflows", task_rows.TASKS, by, execution_id=execution_id)


def in_newest_state(task: JsonObject, newest: JsonObject) -> JsonObject:
    """A task as workflows has it, with what the read model may have heard before. `mayRunAgain` once both know of its
    failure, because workflows refuses to run a task again that it takes for running."""
    both = task | newest
    may = task["executionStatus"] == both["executionStatus"] == "failed" and not both.get("outcomeUnknown")
    return both | {"mayRunAgain": may}


def items(plan: Plan) -> list[Item]:
    """Every item to be reviewed, AI tasks first."""
    return [*plan["aiTasks"], *plan["csmTasks"]]


def is_open(item: Item) -> bool:
    """Whether the item is neither approved nor rejected yet."""
    return (item.get("decision") or "proposed") == "proposed"


@dataclass(frozen=True)
class Review:
    """How far the review of a plan is. The items that `waiting` are not decided, `waiting_ai` are those for the AI."""

    total: int
    rejected: int
    waiting: Sequence[Item]
    waiting_ai: Sequence[Item]

    @property
    def decided(self) -> int:
        """How many items are decided."""
        return self.total - len(self.waiting)


def review(plan: Plan) -> Review:
    """How far the review of this plan is."""
    everything = items(plan)
    return Review(
        total=len(everything),
        rejected=sum(item.get("decision") == "rejected" for item in everything),
        waiting=[item for item in everything if is_open(item)],
        waiting_ai=[item for item in plan["aiTasks"] if is_open(item)],
    )


def next_open(plan: Plan, item_id: str) -> str:
    """The item that waits for a decision after this one, from the beginning again at the end; this one if none does."""
    order = [item["id"] for item in items(plan)]
    at = order.index(item_id) if item_id in order else -1
    turned = [*items(plan)[at + 1 :], *items(plan)[: at + 1]]
    return next((item["id"] for item in turned if is_open(item)), item_id)


def mark_of(item: Item | None) -> str:
    """A mark of an item as it reads: another one once anything of it was changed."""
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]


def reads(item: Item) -> str:
    """How an item reads now, as a part of a sentence."""
    decision = status_style.of(item.get("decision")).label.lower()
    who = (item.get("decidedBy") or {}).get("name")
    why = f" ({item['reason']})" if item.get("reason") else ""
    return f"“{item['title']}”, priority {item['priority']}, {decision}{f' by {who}' if who else ''}{why}"


def status(run_status: str, context: dict[str, Any]) -> str:
    """The status of the whole: after finalizing it is completed only once its AI tasks are, and failed if one is."""
    plan = context["plan"]
    if plan is None or plan["status"] != "finalized" or run_status not in DONE:
        return run_status
    states = [(context["task_of"].get(item["id"]) or {}).get("executionStatus") for item in plan["aiTasks"]]
    if "failed" in states:
        return "failed"
    return "running" if any(state in UNDER_WAY for state in states) else run_status


def _first(plan: Plan, task_of: dict[str, Any]) -> Item | None:
    """The first item that waits for somebody: for a decision, or after finalizing because it failed; else the first."""
    finalized = plan["status"] == "finalized"
    waits = [
        item
        for item in items(plan)
        if ((task_of.get(item["id"]) or {}).get("executionStatus") == "failed" if finalized else is_open(item))
    ]
    return next(iter(waits or items(plan)), None)


def _states(by: Principal, execution_id: str) -> dict[str, JsonObject]:
    """The newest state of the AI tasks in the read model, by the first task of each retry chain."""
    try:
        steps = reporting.steps(tenant_scope.reach(by), execution_id, payloads=False)
    except NotFound:
        return {}
    return {
        step.id: {
            "executionStatus": step.status,
            "error": (step.error or {}).get("message"),
            "outcomeUnknown": (step.error or {}).get("outcomeUnknown"),
            "summary": step.summary,
            "runId": step.task_id,
        }
        for step in steps
        if step.task_id
    }


def _tasks_in(plan: Plan) -> dict[str, JsonObject]:
    """The states of the tasks in the finalized plan, by the id of their item."""
    parts = [part for item in plan["csmTasks"] for part in item.get("subTasks") or ()]
    return {
        item["taskId"]: {
            "id": item["taskId"],
            "title": item["title"],
            "status": item["taskStatus"],
            "executionStatus": item.get("executionStatus"),
            "executionResult": item.get("executionResult"),
        }
        for item in (*items(plan), *parts)
        if item.get("taskId")
    }
