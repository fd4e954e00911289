"""The kinds of steps, one module each: pure functions of the facts about the customer."""

from services.workflows.definition import StepKind
from services.workflows.step_kinds import (
    action_plan,
    assessment,
    contract_analysis,
    pricing,
    recommendations,
    stakeholders,
)

KINDS: tuple[StepKind, ...] = (
    assessment.KIND,
    contract_analysis.KIND,
    pricing.KIND,
    stakeholders.KIND,
    recommendations.KIND,
    action_plan.KIND,
)
_BY_KEY = {kind.key: kind for kind in KINDS}


def get(key: str) -> StepKind:
    """The kind with this key. KeyError if there is none."""
    return _BY_KEY[key]
