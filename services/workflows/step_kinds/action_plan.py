"""The last step of a workflow, the action plan; its output is the counts of the plan."""

from collections.abc import Mapping
from typing import Any

from services.workflows.definition import StepContext, StepKind
from shared.ground.json_types import JsonObject


def output(counts: Mapping[str, int], next_workflow: JsonObject | None) -> JsonObject:
    """`{aiTasks, csmTasks, subTasks, nextWorkflow, summary}`, for as many of each and the workflow that follows."""
    ai, csm = counts["aiTasks"], counts["csmTasks"]
    summary = f"Action Plan: {ai} AI task{'' if ai == 1 else 's'} + {csm} CSM task{'' if csm == 1 else 's'}"
    return {**counts, "nextWorkflow": next_workflow, "summary": summary}


def count(plan: Mapping[str, Any]) -> JsonObject:
    """The output for the items of a plan; the caller leaves out those that do not count."""
    counts = {
        "aiTasks": len(plan["aiTasks"]),
        "csmTasks": len(plan["csmTasks"]),
        "subTasks": sum(len(item.get("subTasks") or []) for item in plan["csmTasks"]),
    }
    return output(counts, plan["nextWorkflow"])


def compute(context: StepContext) -> JsonObject:
    """The counts of the plan that was drafted for this step."""
    return count(context.plan or {})


KIND = StepKind(
    "action_plan",
    compute,
    holds_plan=True,
    skip_refusal="The action plan ends the workflow and cannot be skipped.",
)
