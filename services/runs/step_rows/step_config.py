"""The config of a step, completed with the defaults of its action type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.runs.action_types.action_type import ActionType, Purpose

LIMIT = 50
"""The most rows that a step shows, unless its config or its action type says otherwise."""


@dataclass(frozen=True)
class StepConfig:
    """What a step shows and expects. `expect` is "each", "any", "nothing" or a number; `stages` is None for all;
    `attention` are the marks that call for attention, `options` is the stored config, for the keys that only the action
    type reads."""

    action_type: ActionType
    options: Mapping[str, Any]
    show: str
    filter: Mapping[str, Any]
    stages: tuple[str, ...] | None
    partnership_ids: tuple[str, ...] | None
    only_linked: bool
    limit: int
    expect: str | int
    marks: tuple[str, ...]
    attention: tuple[str, ...]

    @property
    def does(self) -> str | None:
        """The `does` of a custom step; None for every other."""
        return self.options.get("does")

    @property
    def leaves_choice(self) -> bool:
        """Whether a person may choose between the owner's partnerships and everybody's."""
        fixed = "owner" in self.filter or self.partnership_ids is not None or self.only_linked
        return self.show == "partnerships" and not fixed

    @property
    def purpose(self) -> Purpose:
        """What the step is for."""
        return self.action_type.purpose_of(self.options)


def resolve(action_type: ActionType, config: Mapping[str, Any] | None) -> StepConfig:
    """Fill a config with the defaults of its action type. The default filter is used only if neither a filter nor
    partnerships are named."""
    options = config or {}
    chosen = "filter" in options or "partnershipIds" in options
    filter_ = options.get("filter") or ({} if chosen else action_type.filter)
    partnership_ids = options.get("partnershipIds")
    marks = tuple(options.get("marks") or action_type.marks)
    return StepConfig(
        action_type=action_type,
        options=options,
        show=options.get("show") or action_type.shows(options),
        filter=filter_,
        stages=_stages(filter_.get("stage")),
        partnership_ids=None if partnership_ids is None else tuple(dict.fromkeys(partnership_ids)),
        only_linked=bool(options.get("onlyLinked")),
        limit=options.get("limit") or (LIMIT if chosen else action_type.limit),
        expect=options.get("expect", action_type.expects),
        marks=marks,
        attention=tuple(options.get("attention") or [mark for mark in marks if mark in action_type.attention]),
    )


def _stages(stage: str | list[str] | None) -> tuple[str, ...] | None:
    if stage is None:
        return None
    return (stage,) if isinstance(stage, str) else tuple(stage)
