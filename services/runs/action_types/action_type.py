"""The base class of the action types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Field

from services.runs.action_types.action import Action
from services.runs.days import Today
from services.runs.models import Partnership
from services.runs.step_rows.step_config import LIMIT
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_records import StepRecords
from shared.ground.json_types import JsonObject

RowColumns = Callable[[Partnership | None, JsonObject | None], JsonObject]
"""A function that returns the further columns of a shown row, from its partnership (None when it was removed) and its
draft."""


@dataclass(frozen=True)
class Purpose:
    """What a step is for.

    `counts`: the counts of its result that say how much was done (empty means all of them). `nothing_done`: the
    sentence while that is 0. `explanation`: the sentence that a step without a list shows instead.
    """

    counts: tuple[str, ...]
    nothing_done: str
    shows: str = "partnerships"
    explanation: str = "This step shows no list; do what its description says."


class ActionType:
    """One kind of step. A new one is a module with a subclass of this, and a line in `registry.ACTION_TYPES`."""

    name: str
    """The name of the type in a config."""

    actions: tuple[Action, ...]
    """The actions of its steps. Each may be done in steps of other types, but there finishes only rows that it adds."""

    purpose: Purpose
    open_rows_phrase: str
    """Ends the sentence on rows that are still open: "2 of 3 are ..."."""

    expects: str = "any"
    """What its steps expect by default: something for `each` row, or for `any`."""

    filter: Mapping[str, Any] = {}
    """The partnerships that its steps show by default, at most `limit` of them."""

    limit: int = LIMIT
    marks: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    """Of any marks, those that call for attention, unless a config names its own."""

    begins_with_marked: bool = False
    """Whether its steps show first what earlier steps of the run marked as calling for attention."""

    config_fields: Mapping[str, Field] = {}
    """The config fields that only its steps have."""

    always_shown: tuple[str, ...] = ()
    """`delivery` or `meeting` if each of its rows has that field, null while there is none."""

    def purpose_of(self, options: Mapping[str, Any]) -> Purpose:
        """The purpose of a step with this config."""
        return self.purpose

    def shows(self, options: Mapping[str, Any]) -> str:
        """What a step with this config shows by default: partnerships, objectives or nothing."""
        return self.purpose_of(options).shows

    def config_errors(self, options: Mapping[str, Any], *, own: bool) -> dict[str, list[str]]:
        """Errors about its own fields in a config, by field. `own` is true if the config is of this type."""
        foreign = [] if own else [name for name in self.config_fields if name in options]
        return {name: [f"Only a step of the type {self.name} has it."] for name in foreign}

    def form_fields(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The fields of the form for a new object."""
        return ()

    def drafts(self, context: StepContext, partnerships: list[Partnership]) -> dict[str, JsonObject]:
        """The drafts of new rows, by partnership."""
        return {}

    def row_columns(self, context: StepContext, partnerships: list[Partnership]) -> RowColumns:
        """A function that returns the columns of a row besides its facts. What all rows need is read once, here."""
        return lambda partnership, draft: {}

    def kept_after_reset(self, records: StepRecords, today: Today) -> list[str]:
        """Sentences on what was sent or booked in a step, which a reset does not take back."""
        return []
