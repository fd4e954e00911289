"""Discovery, 150 to 179 days before the renewal: learn where the customer stands while there is time to act."""

from services.workflows.definition import PlanRules, Stage, StepDefinition
from services.workflows.planning import ai_task_rules
from services.workflows.planning.recommendations import contract, dates, people, standing, value
from services.workflows.step_kinds import (
    action_plan,
    assessment,
    contract_analysis,
    pricing,
    recommendations,
    stakeholders,
)

STEPS = (
    StepDefinition(
        assessment.KIND,
        "CSM Subjective Assessment",
        "Score the relationship and your confidence in the renewal from 1 to 10, and note what the figures cannot "
        "know: budgets, people who come and go, competitors. Your view is set beside health, usage and likelihood.",
    ),
    StepDefinition(
        contract_analysis.KIND,
        "Contract Analysis",
        "The notice date, renewal, price cap, termination and obstacles are read from the contract's own text. Each "
        "finding shows its sentence; what could not be read is said, so that a person reads it.",
    ),
    StepDefinition(
        pricing.KIND,
        "Preliminary Pricing Strategy",
        "A first target for the renewal, with every reason and its effect. It is preliminary: what Discovery learns "
        "later may move it.",
    ),
    StepDefinition(
        stakeholders.KIND,
        "Stakeholder Mapping",
        "Who decides, who supports, who is missing, who was never met, and who left. A gap at the economic buyer is "
        "critical at this stage, because there is still time to close it.",
    ),
    StepDefinition(
        recommendations.KIND,
        "Review Recommendations",
        "What follows from the steps before, most urgent first, each with the evidence that it rests on.",
    ),
    StepDefinition(
        action_plan.KIND,
        "Action Plan",
        "Review each item: approve, edit or reject it. Nothing leaves Tandem before the plan is finalized.",
    ),
)

RECOMMENDATIONS = (
    standing.RESPECT_HOLD,
    standing.STOP_OUTGOING,
    standing.ANSWER_OURS,
    dates.BE_READY,
    people.ENGAGE_ECONOMIC_BUYER,
    people.FIND_SPONSOR,
    contract.OBTAIN_CONTRACT,
    contract.DECIDE_BEFORE_NOTICE,
    value.DOCUMENT_VALUE,
    contract.RESOLVE_OBSTACLES,
    people.HAND_OVER_CONTACT,
    people.REPLACE_CHAMPION,
    value.COMPETITIVE_INTELLIGENCE,
    value.SETTLE_ESCALATION,
    value.RAISE_ADOPTION,
    contract.CLARIFY_CONTRACT,
    people.REFRESH_CONTACTS,
    value.EXPLORE_EXPANSION,
    value.ALIGN_VIEWS,
    value.CONFIRM_COURSE,
)

PLAN = PlanRules(
    ai_tasks=(
        ai_task_rules.CRM_CONTACT_UPDATE,
        ai_task_rules.CONTRACT_DEADLINE,
        ai_task_rules.STAKEHOLDER_FOLLOW_UP,
        ai_task_rules.NEXT_WORKFLOW,
    ),
    csm_priorities=(
        standing.RESPECT_HOLD,
        standing.STOP_OUTGOING,
        standing.ANSWER_OURS,
        dates.BE_READY,
        people.ENGAGE_ECONOMIC_BUYER,
        people.HAND_OVER_CONTACT,
        value.DOCUMENT_VALUE,
        value.COMPETITIVE_INTELLIGENCE,
    ),
    next_conditions=("Discovery tasks completed",),
)

STAGE = Stage(
    "discovery",
    "Discovery",
    "Learn where the customer stands while there is time to act.",
    min_days=150,
    max_days=179,
    opens_at_days=179,
    steps=STEPS,
    recommendations=RECOMMENDATIONS,
    plan=PLAN,
)
