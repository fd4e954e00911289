"""The step in which the CSM assesses the renewal, compared with the score from the figures."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load, validate

from services.workflows.definition import StepContext, StepKind
from services.workflows.facts import signals, usage
from services.workflows.facts.customer import CustomerContext
from shared.contracts.camel import CamelSchema
from shared.ground.json_types import JsonObject

LONGEST_NOTES = 10_000
_NOTES_REFUSAL = f"Text of at most {LONGEST_NOTES:,} characters is needed."
LOW_RISK_FROM, MEDIUM_RISK_FROM = 70, 50


@dataclass(frozen=True)
class Assessment:
    """A CSM's assessment of the renewal: both scores from 1 to 10."""

    relationship_score: int
    confidence_score: int
    notes: str


def _score() -> fields.Integer:
    refusal = "A whole number from 1 to 10 is needed."
    messages: dict[str, Any] = dict.fromkeys(("required", "null", "invalid", "too_large"), refusal)
    return fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 10, error=refusal), error_messages=messages
    )


class AssessmentSchema(CamelSchema):
    """An assessment as the CSM enters it."""

    relationship_score = _score()
    confidence_score = _score()
    notes = fields.String(
        allow_none=True,
        load_default="",
        validate=validate.Regexp(rf"[^\0]{{0,{LONGEST_NOTES}}}\Z", error=_NOTES_REFUSAL),
        error_messages={"invalid": _NOTES_REFUSAL, "invalid_utf8": _NOTES_REFUSAL},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Assessment:
        """The assessment as a dataclass."""
        return Assessment(**data | {"notes": (data["notes"] or "").strip()})


def compute(context: StepContext) -> JsonObject:
    """The score of the CSM and that of the figures, whether both mean the same risk, and the signals.

    Returns `{relationshipScore, confidenceScore, notes, facts, systemScore, systemRisk, csmScore, csmRisk, agreement,
    signals, summary}`.
    """
    view: Assessment = context.input
    relationship, confidence = view.relationship_score, view.confidence_score
    system, figures = _system_score(context.facts)
    csm = 4 * relationship + 6 * confidence
    return {
        "relationshipScore": relationship,
        "confidenceScore": confidence,
        "notes": view.notes,
        "facts": figures | {"daysToRenewal": context.facts.days_to_renewal},
        "systemScore": system,
        "systemRisk": _risk(system),
        "csmScore": csm,
        "csmRisk": _risk(csm),
        "agreement": _agreement(system, csm),
        "signals": signals.gather(context.facts.customer.signals, view.notes),
        "summary": f"CSM Assessment: {relationship}/10 relationship, {confidence}/10 confidence",
    }


def _system_score(facts: CustomerContext) -> tuple[int | None, JsonObject]:
    """A score of 0 to 100 from health, likelihood and usage, as far as they are known, or None if none is; and these
    figures."""
    customer, use = facts.customer, usage.read(facts.customer.usage)
    change = use["changePercent"]
    parts = (
        (customer.health_score, 4),
        (customer.renewal_likelihood, 4),
        (None if change is None else max(0.0, min(100.0, 65 + 2.5 * change)), 2),
    )
    weighed = [(value, weight) for value, weight in parts if value is not None]
    score = (
        round(sum(value * weight for value, weight in weighed) / sum(weight for _, weight in weighed))
        if weighed
        else None
    )
    return score, {"healthScore": customer.health_score, "renewalLikelihood": customer.renewal_likelihood, "usage": use}


def _risk(score: int | None) -> str:
    if score is None:
        return "unknown"
    return "low" if score >= LOW_RISK_FROM else "medium" if score >= MEDIUM_RISK_FROM else "high"


def _agreement(system: int | None, csm: int) -> JsonObject:
    if system is None:
        return {"agrees": None, "note": "There are no figures to set beside the CSM's view."}
    if _risk(system) == _risk(csm):
        return {"agrees": True, "note": f"The figures and the CSM both see {_risk(csm)} risk."}
    brighter = "the CSM sees it brighter" if csm > system else "the figures are brighter"
    return {
        "agrees": False,
        "note": f"The figures say {_risk(system)} risk ({system}), the CSM {_risk(csm)} ({csm}): {brighter}.",
    }


KIND = StepKind(
    "assessment",
    compute,
    input=AssessmentSchema,
    input_refusal="The assessment cannot be read.",
    example={
        "relationshipScore": 8,
        "confidenceScore": 7,
        "notes": "Operations trusts us. I have never met the CFO.",
    },
)
