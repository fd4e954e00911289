"""What a step wants to show and to have done: its config, with the defaults of its action type (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWS = {"note": "nothing", "create_partnership": "nothing", "update_objective": "objectives"}
"""By action type, or by what a custom step does; every other step shows partnerships."""

EACH = ("review", "email", "update_stage", "schedule")
MARKS = ("fine", "needs attention")
LIMIT = 50
TOP = 3
MEETING_MINUTES = 30

FILTERS: dict[str, dict[str, Any]] = {
    "review": {"noContactDays": 14},
    "email": {"needs": "follow_up"},
    "update_stage": {"needs": "stage_change"},
    "schedule": {"needs": "call_this_week"},
    "create_task": {"stage": "New Lead", "newWithinDays": 14},
}
"""What a step of each action type looks for when its config does not say."""


@dataclass(frozen=True)
class Wanted:
    """A config with nothing left open. `expect` is "each", "any", "nothing" or a number; `stages` is None for all."""

    show: str
    filter: Mapping[str, Any]
    stages: tuple[str, ...] | None
    partnership_ids: tuple[str, ...] | None
    only_linked: bool
    limit: int
    expect: str | int
    does: str | None
    fields: tuple[str, ...]
    marks: tuple[str, ...]
    email: Mapping[str, str]
    meeting: Mapping[str, Any]
    task: Mapping[str, Any]


def wanted(action_type: str, config: Mapping[str, Any] | None) -> Wanted:
    """The whole of what a step of this type and config wants."""
    told = config or {}
    named = "filter" in told or "partnershipIds" in told
    asked = told.get("filter") or ({} if named else FILTERS.get(action_type, {}))
    ids = told.get("partnershipIds")
    return Wanted(
        show=told.get("show") or _show(action_type, told),
        filter=asked,
        stages=_stages(asked.get("stage")),
        partnership_ids=None if ids is None else tuple(dict.fromkeys(ids)),
        only_linked=bool(told.get("onlyLinked")),
        limit=told.get("limit") or (TOP if action_type == "email" and not named else LIMIT),
        expect=told.get("expect", "each" if action_type in EACH else "any"),
        does=told.get("does"),
        fields=_fields(told),
        marks=tuple(told.get("marks") or (MARKS if action_type == "review" else ())),
        email=told.get("email") or {},
        meeting={"minutes": MEETING_MINUTES} | (told.get("meeting") or {}),
        task=told.get("task") or {},
    )


def _show(action_type: str, told: Mapping[str, Any]) -> str:
    if action_type == "note" and "filter" in told:
        return "partnerships"
    return SHOWS.get(told.get("does") or action_type, "partnerships")


def _stages(told: str | list[str] | None) -> tuple[str, ...] | None:
    if told is None:
        return None
    return (told,) if isinstance(told, str) else tuple(told)


def _fields(told: Mapping[str, Any]) -> tuple[str, ...]:
    """What the form of a new partnership asks for; its name always."""
    if told.get("does") != "create_partnership":
        return ()
    asked = told.get("fields") or ("contactName", "contactEmail", "source")
    return ("name", *(name for name in asked if name != "name"))
