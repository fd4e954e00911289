"""The kinds of recommendation by subject, each with the work that follows from it."""

from services.workflows.definition import PlanningContext, Recommendation, RecommendationKind
from services.workflows.step_kinds import recommendations


def recommended_in(context: PlanningContext) -> list[tuple[RecommendationKind, Recommendation]]:
    """The recommendations of the steps that the stage has kinds for, the most urgent first."""
    kinds = {kind.key: kind for kind in context.stage.recommendations}
    answers = context.outputs.of(recommendations.KIND).get("recommendations", [])
    return [(kinds[answer["key"]], answer) for answer in answers if answer["key"] in kinds]
