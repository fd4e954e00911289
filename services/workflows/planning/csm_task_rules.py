"""The rule for the CSM tasks of a plan: one for each recommendation, with sub-tasks if the work is complex."""

from __future__ import annotations

import textwrap
from datetime import date

from services.workflows.definition import CsmWork, Item, PlanningContext, Recommendation, RecommendationKind, Words
from services.workflows.planning.recommendations import recommended_in
from services.workflows.planning.validation import LONGEST_DESCRIPTION, LONGEST_TITLE
from shared.ground import ids

CUSTOMER_AFTER_DAYS = 15
LEAD_DAYS = 4


def draft(context: PlanningContext) -> list[Item]:
    """The CSM tasks of the plan, the most urgent first, then in the order of the stage's priorities."""
    first = context.stage.plan.csm_priorities

    def rank(recommended: tuple[RecommendationKind, Recommendation]) -> tuple[int, int]:
        kind, recommendation = recommended
        return recommendation["priority"], first.index(kind) if kind in first else len(first)

    return [_task(context, *recommended) for recommended in sorted(recommended_in(context), key=rank)]


def _task(context: PlanningContext, kind: RecommendationKind, recommendation: Recommendation) -> Item:
    work = kind.work
    item = context.item(
        kind.key,
        textwrap.shorten(_title(context, work, recommendation), LONGEST_TITLE, placeholder="…"),
        textwrap.shorten(f"{recommendation['title']}. {recommendation['why']}", LONGEST_DESCRIPTION, placeholder="…"),
        priority=recommendation["priority"],
        estimate=work.estimate,
        complexity=work.complexity,
        evidence=recommendation["evidence"],
        dueDate=_due(context, work, recommendation).isoformat(),
        subTasks=[],
    )
    item["subTasks"] = [_part(context, item, number, *part) for number, part in enumerate(work.parts, start=1)]
    return item


def _title(context: PlanningContext, work: CsmWork, recommendation: Recommendation) -> str:
    return str(recommendation["title"]) if work.title is None else context.say(work.title)


def _due(context: PlanningContext, work: CsmWork, recommendation: Recommendation) -> date:
    """The usual day of this work, or sooner: LEAD_DAYS business days before it is too late."""
    usual, closes_on = context.in_business_days(work.due), recommendation.get("closesOn")
    if closes_on is None:
        return usual
    return min(usual, context.business_days_before(date.fromisoformat(closes_on), LEAD_DAYS))


def _part(context: PlanningContext, parent: Item, number: int, title: Words, estimate: str, due: int) -> Item:
    return {
        "id": ids.named("plan-item", context.execution_id, parent["key"], str(number)),
        "title": context.say(title),
        "description": "",
        "priority": parent["priority"],
        "estimatedCompletionTime": estimate,
        "complexity": "simple",
        "dueDate": context.in_business_days(due).isoformat(),
    }


def customers_part(context: PlanningContext) -> str | None:
    """The customer's own next step in the timeline, from the most urgent recommendation that has one."""
    parts = [kind.customer_part for kind, _ in recommended_in(context) if kind.customer_part]
    return context.say(parts[0]) if parts else None
