"""The step that recommends what to do, from the findings of the earlier steps, each with its evidence."""

from services.workflows.definition import Recommendation, StepContext, StepKind, StepOutputs
from services.workflows.facts import signals
from services.workflows.step_kinds import assessment, contract_analysis, stakeholders
from shared.ground.json_types import JsonObject


def compute(context: StepContext) -> JsonObject:
    """`{recommendations: [{key, title, priority, why, evidence}], findings, summary}`, of the kinds of the stage.

    `findings` are `{critical, concerns, strengths, action}`. Priority 1 is the most urgent. A skipped step has no
    output, so nothing is recommended from it; nor is, under a hold, what would reach the customer.
    """
    ranked = _ranked(context, fallback=False) or _ranked(context, fallback=True)
    return {
        "recommendations": ranked,
        "findings": _findings(context.outputs, ranked),
        "summary": f"Recommendations: {len(ranked)} actionable item{'' if len(ranked) == 1 else 's'}",
    }


def _ranked(context: StepContext, *, fallback: bool) -> list[Recommendation]:
    kinds = [
        kind for kind in context.stage.recommendations if kind.fallback is fallback and kind.is_allowed(context.facts)
    ]
    answers = [(kind.key, kind.find(context)) for kind in kinds]
    recommendations = [{"key": key, **answer} for key, answer in answers if answer]
    return sorted(recommendations, key=lambda recommendation: recommendation["priority"])


def _findings(outputs: StepOutputs, ranked: list[Recommendation]) -> JsonObject:
    """The key findings: critical points, concerns, strengths, and the first thing to do."""
    people = outputs.of(stakeholders.KIND)
    return {
        "critical": [gap["title"] for gap in people.get("gaps", []) if gap["severity"] == "critical"],
        "concerns": _concerns(outputs),
        "strengths": [strength["title"] for strength in people.get("strengths", [])],
        "action": f"Highest priority: {ranked[0]['title']}" if ranked else "Nothing is recommended.",
    }


def _concerns(outputs: StepOutputs) -> list[str]:
    gathered = {signal["kind"]: signal for signal in outputs.of(assessment.KIND).get("signals", [])}
    concerns = []
    if cut := gathered.get(signals.BUDGET_CUT):
        amount = f" ({cut['percent']:g}% cuts)" if cut["percent"] else ""
        concerns.append(f"Budget pressure{amount} impacts renewal")
    for kind, text in (
        (signals.COMPETITOR, "A competitor is in the talk"),
        (signals.ESCALATION, "An escalation is open"),
        (signals.REORGANISATION, "The customer is being reorganised"),
    ):
        concerns += [text] if kind in gathered else []
    if weighty := outputs.of(contract_analysis.KIND).get("criticalObstacles"):
        concerns.append(f"{weighty} critical obstacle{'' if weighty == 1 else 's'} in the contract")
    return concerns


KIND = StepKind("recommendations", compute)
