"""Discovery, 150 to 179 days before the renewal: learn where the customer stands while there is time to act."""

from services.workflows.stages.definition import ActionPlanConfig, StepDefinition

STEPS = (
    StepDefinition(
        "assessment",
        "CSM Subjective Assessment",
        "Score the relationship and your confidence in the renewal from 1 to 10, and note what the figures cannot "
        "know: budgets, people who come and go, competitors. Your view is set beside health, usage and likelihood.",
    ),
    StepDefinition(
        "contract_analysis",
        "Contract Analysis",
        "The notice date, renewal, price cap, termination and obstacles are read from the contract's own text. Each "
        "finding shows its sentence; what could not be read is said, so that a person reads it.",
    ),
    StepDefinition(
        "pricing",
        "Preliminary Pricing Strategy",
        "A first target for the renewal, with every reason and its effect. It is preliminary: what Discovery learns "
        "later may move it.",
    ),
    StepDefinition(
        "stakeholders",
        "Stakeholder Mapping",
        "Who decides, who supports, who is missing, who was never met, and who left. A gap at the economic buyer is "
        "critical at this stage, because there is still time to close it.",
    ),
    StepDefinition(
        "recommendations",
        "Review Recommendations",
        "What follows from the steps before, most urgent first, each with the evidence that it rests on.",
    ),
    StepDefinition(
        "action_plan",
        "Action Plan",
        "Review each item: approve, edit or reject it. Nothing leaves Tandem before the plan is finalized.",
    ),
)

ACTION_PLAN = ActionPlanConfig(
    ai_priorities=("crm_contact_update", "contract_deadline", "stakeholder_follow_up", "next_workflow"),
    csm_priorities=("engage_economic_buyer", "hand_over_contact", "document_value", "competitive_intelligence"),
    next_conditions=("Discovery tasks completed",),
)
