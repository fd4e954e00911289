"""The CSM's own view of the renewal, set beside what the figures say."""

from typing import Any

from services.workflows.analysis import signals, usage
from services.workflows.analysis.dossier import Dossier
from shared.errors import Invalid

LONGEST_NOTES = 10_000
LOW_RISK_FROM, MEDIUM_RISK_FROM = 70, 50


def compute(dossier: Dossier, given: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """From `{relationshipScore, confidenceScore: 1-10, notes?}` to both views, whether they agree, and the signals.

    Answers `{relationshipScore, confidenceScore, notes, facts, systemScore, systemRisk, csmScore, csmRisk, agreement,
    signals, summary}`. Invalid names each field that is missing, unknown or out of range.
    """
    _check(given)
    relationship, confidence = given["relationshipScore"], given["confidenceScore"]
    notes = (given.get("notes") or "").strip()
    system, known = _system_score(dossier)
    csm = 4 * relationship + 6 * confidence
    return {
        "relationshipScore": relationship,
        "confidenceScore": confidence,
        "notes": notes,
        "facts": known | {"daysToRenewal": dossier.days_to_renewal},
        "systemScore": system,
        "systemRisk": _risk(system),
        "csmScore": csm,
        "csmRisk": _risk(csm),
        "agreement": _agreement(system, csm),
        "signals": signals.gather(dossier.customer.signals, notes),
        "summary": f"CSM Assessment: {relationship}/10 relationship, {confidence}/10 confidence",
    }


def _check(given: dict[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    for name in ("relationshipScore", "confidenceScore"):
        value = given.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10:
            errors[f"input.{name}"] = ["A whole number from 1 to 10 is needed."]
    notes = given.get("notes")
    if notes is not None and not (isinstance(notes, str) and len(notes) <= LONGEST_NOTES and "\x00" not in notes):
        errors["input.notes"] = [f"Text of at most {LONGEST_NOTES:,} characters is needed."]
    for name in sorted(set(given) - {"relationshipScore", "confidenceScore", "notes"}):
        errors[f"input.{name}"] = ["Unknown field."]
    if errors:
        raise Invalid("The assessment cannot be read.", errors=errors)


def _system_score(dossier: Dossier) -> tuple[int | None, dict[str, Any]]:
    """0 to 100 from those of health, likelihood and use that are known; None where none is."""
    customer, use = dossier.customer, usage.read(dossier.customer.usage)
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


def _agreement(system: int | None, csm: int) -> dict[str, Any]:
    if system is None:
        return {"agrees": None, "note": "There are no figures to set beside the CSM's view."}
    if _risk(system) == _risk(csm):
        return {"agrees": True, "note": f"The figures and the CSM both see {_risk(csm)} risk."}
    brighter = "the CSM sees it brighter" if csm > system else "the figures are brighter"
    return {
        "agrees": False,
        "note": f"The figures say {_risk(system)} risk ({system}), the CSM {_risk(csm)} ({csm}): {brighter}.",
    }
