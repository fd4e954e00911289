"""The kinds of recommendation by subject, each with the work that follows from it."""

from services.workflows.definition import PlanningContext, Recommendation, RecommendationKind
from services.workflows.step_kinds import recommendations


def recommended_in(context: PlanningContext) -> list[tuple[RecommendationKind, Recommendation]]:
    """What the step of recommendations recommended, each with its kind in the stage, the most urgent first. Those whose
    kind the stage does not have are left out, and under a hold those that would reach the customer."""
    return [(kind, answer) for kind, answer in _recommended(context) if kind.is_allowed(context.facts)]


def held_back(context: PlanningContext) -> list[str]:
    """The titles of what was recommended before the hold, and would reach the customer."""
    return [answer["title"] for kind, answer in _recommended(context) if not kind.is_allowed(context.facts)]


def _recommended(context: PlanningContext) -> list[tuple[RecommendationKind, Recommendation]]:
    kinds = {kind.key: kind for kind in context.stage.recommendations}
    answers = context.outputs.of(recommendations.KIND).get("recommendations", [])
    return [(kinds[answer["key"]], answer) for answer in answers if answer["key"] in kinds]
