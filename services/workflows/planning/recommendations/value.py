"""Recommendations from the assessment: budget cut, competitor, escalation, expansion, falling usage, disagreement with the
CSM; and where nothing else is due, to confirm early."""

from __future__ import annotations

from services.workflows.definition import (
    CsmWork,
    Recommendation,
    RecommendationKind,
    StepContext,
    StepOutput,
    recommend,
)
from services.workflows.facts import signals
from services.workflows.step_kinds import assessment, pricing
from shared.ground import wording
from shared.ground.json_types import JsonObject


def _signal(view: StepOutput, kind: str) -> JsonObject | None:
    """The signal of this kind in the assessment, or None."""
    return next((signal for signal in view.get("signals", []) if signal["kind"] == kind), None)


def _evidence(view: StepOutput, signal: JsonObject) -> JsonObject:
    field = f"signals.{signal['kind']}"
    return (
        view.evidence(field, quote=signal["note"]) if signal["note"] else view.evidence(field, value=signal["percent"])
    )


def _on_signal(context: StepContext, kind: str, priority: int, title: str, why: str) -> Recommendation | None:
    """A recommendation from a single signal."""
    view = context.outputs.of(assessment.KIND)
    signal = _signal(view, kind)
    return recommend(priority, title, why, _evidence(view, signal)) if signal else None


def _document_value(context: StepContext) -> Recommendation | None:
    view, price = context.outputs.of(assessment.KIND), context.outputs.of(pricing.KIND)
    cut = _signal(view, signals.BUDGET_CUT)
    if not cut:
        return None
    amount = f" of {cut['percent']:g} %" if cut["percent"] else ""
    why = f"A budget cut{amount} puts every contract under question; a figure answers it."
    target = (
        [price.evidence("target", value=wording.money(price["target"], price["currency"]))]
        if price.get("target")
        else []
    )
    return recommend(2, "Document the value delivered", why, _evidence(view, cut), *target)


DOCUMENT_VALUE = RecommendationKind(
    "document_value",
    _document_value,
    CsmWork("Document the value delivered, in figures", 7, "4 hours"),
    reaches_customer=False,
)

COMPETITIVE_INTELLIGENCE = RecommendationKind(
    "competitive_intelligence",
    lambda context: _on_signal(
        context,
        signals.COMPETITOR,
        2,
        "Learn what the competitor offers",
        "Another offer is on the table.",
    ),
    CsmWork("Gather intelligence on the competing offer", 6, "3 hours"),
)

SETTLE_ESCALATION = RecommendationKind(
    "settle_escalation",
    lambda context: _on_signal(
        context,
        signals.ESCALATION,
        2,
        "Settle what went wrong",
        "An open complaint comes back at the renewal.",
    ),
    CsmWork("Close the open escalation and say so to the customer", 4, "2 hours", "moderate"),
)

EXPLORE_EXPANSION = RecommendationKind(
    "explore_expansion",
    lambda context: _on_signal(
        context,
        signals.EXPANSION,
        3,
        "Prepare an expansion offer",
        "The customer speaks of more.",
    ),
    CsmWork("Prepare an expansion offer", 12, "4 hours", "moderate"),
    customer_part="Says what it would need more of",
)


def _raise_adoption(context: StepContext) -> Recommendation | None:
    view = context.outputs.of(assessment.KIND)
    use = view.get("facts", {}).get("usage", {})
    if use.get("trend") != "declining":
        return None
    why = f"Use fell by {-use['changePercent']:g} % over three months."
    evidence = view.evidence("facts.usage.changePercent", value=use["changePercent"])
    return recommend(2, "Turn the decline in use around", why, evidence)


RAISE_ADOPTION = RecommendationKind(
    "raise_adoption",
    _raise_adoption,
    CsmWork(
        "Turn the decline in use around",
        15,
        "3 weeks",
        "complex",
        (
            ("Find which teams stopped using it", "2 hours", 3),
            ("Hold a training for them", "2 hours", 9),
            ("Compare the figures after two weeks", "30 minutes", 15),
        ),
    ),
    customer_part="Sends its teams to the training",
)


def _align_views(context: StepContext) -> Recommendation | None:
    view = context.outputs.of(assessment.KIND)
    agreement = view.get("agreement", {})
    if agreement.get("agrees") is not False:
        return None
    note = agreement["note"]
    return recommend(3, "Settle where the figures and the CSM differ", note, view.evidence("agreement", quote=note))


ALIGN_VIEWS = RecommendationKind(
    "align_views",
    _align_views,
    CsmWork("Settle with your lead where the figures and you differ", 5, "30 minutes"),
    reaches_customer=False,
)


def _confirm_course(context: StepContext) -> Recommendation:
    days = context.outputs.of(assessment.KIND).evidence("facts.daysToRenewal", value=context.facts.days_to_renewal)
    return recommend(3, "Confirm the renewal early", "Nothing stands against it; an early word keeps it so.", days)


CONFIRM_COURSE = RecommendationKind(
    "confirm_course",
    _confirm_course,
    CsmWork("Confirm the renewal with the customer early", 10, "1 hour"),
    customer_part="Confirms that the contract goes on",
    fallback=True,
)
