"""Combines an action plan with the tasks that were made from it, as the six sections show it."""

from __future__ import annotations

from typing import Any

from services.monitor import reporting, tenant_scope
from services.monitor.pages import api_client, wording
from shared.ground.errors import NotFound
from shared.ground.principal import Principal

MOST_TASKS = 100
DONE = ("success", "completed")


def path(execution_id: str) -> str:
    """The path of an execution's plan in the API of workflows."""
    return f"/api/workflows/executions/{execution_id}/action-plan"


def template_context(by: Principal, execution: dict[str, Any]) -> dict[str, Any]:
    """The variables of the page: the plan, its review, and its tasks in their newest state; `plan` is None before there
    is one. Unavailable when workflows does not answer for the plan."""
    plan = find(by, execution["id"])
    if plan is None:
        return {"plan": None, "plan_first": False, "task_of": {}}
    finalized = plan["status"] == "finalized"
    tasks, away = api_client.optional("", lambda: tasks_of(by, execution["id"]), []) if finalized else ([], None)
    task_of = _tasks_in(plan) | {task["id"]: task for task in tasks}
    for task_id, newest in _states(by, execution["id"]).items():
        if task_id in task_of:
            task_of[task_id] = task_of[task_id] | newest
    titles = {item["id"]: item["title"] for item in items(plan)}
    return {
        "plan": plan,
        "plan_first": finalized,
        "task_of": task_of,
        "review": review(plan),
        "tasks_away": away,
        "issues": [
            issue | {"title": issue.get("title") or titles.get(issue["item"]) or wording.words(issue["item"])}
            for issue in plan["issues"]
        ],
        "ai_done": sum((task_of.get(item["id"]) or {}).get("executionStatus") in DONE for item in plan["aiTasks"]),
    }


def find(by: Principal, execution_id: str) -> dict[str, Any] | None:
    """The plan as it is now, or None."""
    try:
        plan = api_client.get("workflows", path(execution_id), by)
    except NotFound:
        return None
    return plan if plan.get("aiTasks") is not None else None


def tasks_of(by: Principal, execution_id: str) -> list[dict[str, Any]]:
    """All tasks of an execution, including sub-tasks."""
    tasks: list[dict[str, Any]] = []
    cursor = None
    while True:
        body = api_client.get(
            "workflows", "/api/workflows/tasks", by, execution_id=execution_id, limit=MOST_TASKS, cursor=cursor
        )
        tasks += body["items"]
        cursor = body["pagination"]["next"]
        if not cursor:
            return tasks


def items(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every item to be reviewed, AI tasks first."""
    return [*plan["aiTasks"], *plan["csmTasks"]]


def is_open(item: dict[str, Any]) -> bool:
    """Whether the item is neither approved nor rejected yet."""
    return (item.get("decision") or "proposed") == "proposed"


def review(plan: dict[str, Any]) -> dict[str, Any]:
    """How many items are approved, open and rejected, and that in words."""
    decisions = [item.get("decision") or "proposed" for item in items(plan)]
    counted = {
        word: decisions.count(name)
        for name, word in (("approved", "approved"), ("proposed", "open"), ("rejected", "rejected"))
    }
    return counted | {"words": ", ".join(f"{number} {word}" for word, number in counted.items() if number)}


def _states(by: Principal, execution_id: str) -> dict[str, dict[str, Any]]:
    """The newest state of the AI tasks in the read model, by the first task of each retry chain."""
    try:
        steps = reporting.steps(tenant_scope.reach(by), execution_id, payloads=False)
    except NotFound:
        return {}
    return {
        step.id: {"executionStatus": step.status, "error": (step.error or {}).get("message"), "runId": step.task_id}
        for step in steps
        if step.task_id
    }


def _tasks_in(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
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
