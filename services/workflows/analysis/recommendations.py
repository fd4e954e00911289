"""What follows from the steps before: findings, and what to do about them, each with the evidence that it rests on."""

from typing import Any

from services.workflows.analysis import signals
from services.workflows.analysis.advice import RULES, Outputs, Recommendation, evidence, recommend, signal_of
from services.workflows.analysis.dossier import Dossier


def compute(dossier: Dossier, given: dict[str, Any], earlier: Outputs) -> dict[str, Any]:
    """`{recommendations: [{key, title, priority, why, evidence}], findings, summary}`.

    `findings` are `{critical, concerns, strengths, action}`. Priority 1 is the most urgent. A step that was skipped has
    no output, and nothing is recommended from it.
    """
    found = [one for rule in RULES for one in [rule(earlier)] if one]
    found.sort(key=lambda one: one["priority"])
    if not found:
        found = [_keep_the_course(dossier)]
    return {
        "recommendations": found,
        "findings": _findings(earlier, found),
        "summary": f"Recommendations: {len(found)} actionable item{'' if len(found) == 1 else 's'}",
    }


def _keep_the_course(dossier: Dossier) -> Recommendation:
    return recommend(
        "confirm_course",
        3,
        "Confirm the renewal early",
        "Nothing stands against it; an early word keeps it so.",
        evidence("assessment", "facts.daysToRenewal", value=dossier.days_to_renewal),
    )


def _findings(earlier: Outputs, found: list[Recommendation]) -> dict[str, Any]:
    """The seed's key findings: what is critical, what is a concern, what is a strength, and the first thing to do."""
    people = earlier.get("stakeholders") or {}
    critical = [gap["title"] for gap in people.get("gaps", []) if gap["severity"] == "critical"]
    cut = signal_of(earlier, signals.BUDGET_CUT)
    concerns = (
        []
        if not cut
        else [
            f"Budget pressure ({cut['percent']:g}% cuts) impacts renewal"
            if cut["percent"]
            else "Budget pressure impacts renewal"
        ]
    )
    for kind, text in (
        (signals.COMPETITOR, "A competitor is in the talk"),
        (signals.ESCALATION, "An escalation is open"),
        (signals.REORGANISATION, "The customer is being reorganised"),
    ):
        concerns += [text] if signal_of(earlier, kind) else []
    if weighty := (earlier.get("contract_analysis") or {}).get("criticalObstacles"):
        concerns.append(f"{weighty} critical obstacle{'' if weighty == 1 else 's'} in the contract")
    return {
        "critical": critical,
        "concerns": concerns,
        "strengths": [one["title"] for one in people.get("strengths", [])],
        "action": f"Highest priority: {found[0]['title']}",
    }
