"""Why something could not be done in a guided run, as its page shows it where it was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from services.monitor.pages import failures, forms
from shared.ground.errors import Invalid, Stale, TandemError


@dataclass(frozen=True)
class Trouble:
    """A refusal at a row or a step, whose id is `at`: the errors by field, and the message of the service that refused.

    Without a problem the form there is only shown as it was typed.
    """

    at: str
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: failures.Problem | None = None
    stale: bool = False

    @classmethod
    def of(cls, error: TandemError, at: str) -> Self:
        """What this error says."""
        errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
        problem = failures.problem_of(error, " ".join(reason for reasons in errors.values() for reason in reasons))
        return cls(at, errors, problem, isinstance(error, Stale))
