"""Why a form was refused: what is said beside its fields, and what above them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.monitor.pages import failures, forms, schema_forms, wording
from services.monitor.pages.schema_forms import Field
from shared.ground.errors import TandemError
from shared.web import error_responses


@dataclass(frozen=True)
class Refusal:
    """The reasons by the fields that show them, what is said above the form, and the HTTP status of its page."""

    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: failures.Problem | None = None
    status: int = 200


def of(
    error: TandemError | None,
    shown: Sequence[Field],
    *,
    others: Sequence[str] = (),
    errors: Mapping[str, Any] | None = None,
) -> Refusal:
    """The refusal of a form with these fields and `others`, by its errors, or by these of them. Reasons that belong to
    no field are said above the form, with their names."""
    if error is None:
        return Refusal()
    paths = {path: forms.reasons(reasons) for path, reasons in (error.errors if errors is None else errors).items()}
    by_field = schema_forms.placed(paths, shown)
    own = {*others, *(field.name for field in shown)}
    elsewhere = [f"{wording.words(path)}: {' '.join(by_field[path])}" for path in by_field if path not in own]
    problem = None if by_field and not elsewhere else failures.problem_of(error)
    if problem and elsewhere:
        problem = replace(problem, detail=" ".join(elsewhere))
    return Refusal(by_field, problem, error_responses.status_of(error))
