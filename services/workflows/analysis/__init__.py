"""What each kind of step computes: one module a kind, pure functions of the dossier, the input and what came before."""

from collections.abc import Callable
from typing import Any

from services.workflows.analysis import assessment, contract_analysis, pricing, recommendations, stakeholders
from services.workflows.analysis.dossier import Dossier
from shared.errors import Invalid

Compute = Callable[[Dossier, dict[str, Any], dict[str, Any]], dict[str, Any]]

KINDS: dict[str, Compute] = {
    "assessment": assessment.compute,
    "contract_analysis": contract_analysis.compute,
    "pricing": pricing.compute,
    "stakeholders": stakeholders.compute,
    "recommendations": recommendations.compute,
}
TAKES_INPUT = frozenset({"assessment"})


def compute(kind: str, dossier: Dossier, given: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The output of a step of this kind, with a `summary` line; `earlier` are the outputs of the steps before, by kind.

    Invalid names the input's wrong fields; a kind that takes none takes only `{}`.
    """
    if kind not in TAKES_INPUT and given:
        raise Invalid(
            "This step takes no input.", errors={f"input.{name}": ["Unknown field."] for name in sorted(given)}
        )
    return KINDS[kind](dossier, given, earlier)
