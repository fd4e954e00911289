"""The Discovery story by REST, as steps that other tests walk too."""

from __future__ import annotations

from typing import Any

from tests.house import House, eventually

SEED_CASE = "Brightwater Logistics"
ASSESSMENT = {"relationshipScore": 8, "confidenceScore": 7, "notes": "I have never met the CFO."}


def customer(house: House, name: str = SEED_CASE) -> dict[str, Any]:
    """A sample customer by name."""
    return house.get("workflows", "/api/customers", params={"q": name})["items"][0]


def start(house: House, name: str = SEED_CASE) -> dict[str, Any]:
    """A new Discovery execution for a customer."""
    return house.post(
        "workflows", "/api/workflows/executions", {"customerId": customer(house, name)["id"], "stage": "discovery"}
    )


def complete_steps(house: House, execution: dict[str, Any], assessment: dict[str, Any] = ASSESSMENT) -> dict[str, Any]:
    """Complete all steps before the plan; the outputs by kind."""
    for step in execution["steps"][:-1]:
        told = assessment if step["kind"] == "assessment" else {}
        house.post(
            "workflows", f"/api/workflows/executions/{execution['id']}/steps/{step['id']}/complete", {"input": told}
        )
    after = house.get("workflows", f"/api/workflows/executions/{execution['id']}")
    return {step["kind"]: step["output"] for step in after["steps"]}


def generate(house: House, execution_id: str) -> dict[str, Any]:
    """The draft plan."""
    return house.post("workflows", f"/api/workflows/executions/{execution_id}/action-plan/generate")


def finalize(house: House, execution_id: str) -> dict[str, Any]:
    """Finalize the plan."""
    return house.post("workflows", f"/api/workflows/executions/{execution_id}/action-plan/finalize")


def ai_tasks(house: House, execution_id: str) -> list[dict[str, Any]]:
    """The plan's AI tasks, as workflows shows them."""
    return house.get(
        "workflows", "/api/workflows/tasks", params={"auto_execute": "true", "execution_id": execution_id, "limit": 100}
    )["items"]


def until_ended(house: House, execution_id: str, *, seconds: float = 60) -> dict[str, dict[str, Any]]:
    """The AI tasks by processor, once each has ended."""

    def look() -> list[dict[str, Any]]:
        tasks = ai_tasks(house, execution_id)
        return (
            tasks
            if tasks and all(task["executionStatus"] in ("success", "failed", "cancelled") for task in tasks)
            else []
        )

    return {task["processor"]: task for task in eventually(look, seconds=seconds)}


def walked(house: House, name: str = SEED_CASE) -> str:
    """A whole story up to finalize; the execution's id."""
    execution = start(house, name)
    complete_steps(house, execution)
    generate(house, execution["id"])
    finalize(house, execution["id"])
    return execution["id"]
