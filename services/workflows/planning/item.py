"""What the planning rules know, and the items that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.workflows.analysis.dossier import Dossier
from services.workflows.stages import Stage
from shared import business_days, ids

Item = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What a plan is drafted from: the dossier, the outputs of the steps by kind, and what was done.

    `steps` are `{kind, title, status, summary}` in their order. `country` is the tenant's, for its public holidays.
    """

    execution_id: str
    stage: Stage
    dossier: Dossier
    outputs: dict[str, Any]
    steps: Sequence[dict[str, Any]]
    country: str
    owner: str | None

    def output(self, kind: str) -> dict[str, Any]:
        """The output of a step, empty where it was skipped."""
        return self.outputs.get(kind) or {}

    def in_business_days(self, count: int) -> date:
        """The date so many business days from today."""
        return business_days.after(self.dossier.today, count, self.country)

    def item(
        self,
        key: str,
        title: str,
        description: str,
        *,
        priority: int,
        estimate: str,
        complexity: str,
        evidence: list[dict[str, Any]],
        **more: Any,
    ) -> Item:
        """One item of the plan; its id is the same each time the same execution drafts it."""
        return {
            "id": ids.named("plan-item", self.execution_id, key),
            "key": key,
            "title": title,
            "description": description,
            "priority": priority,
            "estimatedCompletionTime": estimate,
            "complexity": complexity,
            "evidence": evidence,
            "decision": "proposed",
            "reason": None,
            **more,
        }
