"""The last step of a workflow, the action plan; its output is the counts of the plan."""

from collections.abc import Mapping
from typing import Any

from services.workflows.definition import StepContext, StepKind
from shared.ground.json_types import JsonObject


def count(plan: Mapping[str, Any]) -> JsonObject:
    """`{aiTasks, csmTasks, subTasks, nextWorkflow, summary}` for the body of a plan; rejected items are counted too."""
    ai, csm = len(plan["aiTasks"]), len(plan["csmTasks"])
    return {
        "aiTasks": ai,
        "csmTasks": csm,
        "subTasks": sum(len(item.get("subTasks") or []) for item in plan["csmTasks"]),
        "nextWorkflow": plan["nextWorkflow"],
        "summary": f"Action Plan: {ai} AI task{'' if ai == 1 else 's'} + {csm} CSM task{'' if csm == 1 else 's'}",
    }


def compute(context: StepContext) -> JsonObject:
    """The counts of the plan that was drafted for this step."""
    return count(context.plan or {})


KIND = StepKind(
    "action_plan",
    compute,
    holds_plan=True,
    skip_refusal="The action plan ends the workflow and cannot be skipped.",
)
