"""The commands on action plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.contracts.camel import camel
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class EditSubTask:
    """Change a sub-task of a plan's item; one without an id is new."""

    id: str | NotGiven = NOT_GIVEN
    title: str | NotGiven = NOT_GIVEN
    description: str | NotGiven = NOT_GIVEN
    priority: int | NotGiven = NOT_GIVEN
    estimated_completion_time: str | None | NotGiven = NOT_GIVEN
    complexity: str | NotGiven = NOT_GIVEN
    due_date: date | None | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class EditItem(EditSubTask):
    """Change an item of a plan, or decide about it; one without an id is new. `sub_tasks` replaces all of them."""

    decision: str | NotGiven = NOT_GIVEN
    reason: str | None | NotGiven = NOT_GIVEN
    processor: str | NotGiven = NOT_GIVEN
    metadata: JsonObject | NotGiven = NOT_GIVEN
    sub_tasks: list[EditSubTask] | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class EditPlan:
    """Change items of a plan, and add new ones; a strict edit is refused if finalize would refuse one of its items."""

    ai_tasks: list[EditItem] = field(default_factory=list)
    csm_tasks: list[EditItem] = field(default_factory=list)
    strict: bool = False

    def as_json(self) -> dict[str, list[JsonObject]]:
        """The given fields of each edited item, by the name of its list."""
        return {"aiTasks": _as_json(self.ai_tasks), "csmTasks": _as_json(self.csm_tasks)}


def _as_json(value: Any) -> Any:
    """The given fields of edits, as the body of a plan stores them."""
    if isinstance(value, list):
        return [{camel(name): _as_json(field) for name, field in given(edit).items()} for edit in value]
    return value.isoformat() if isinstance(value, date) else value
