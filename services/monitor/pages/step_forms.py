"""The steps of a template, or of a run of one's own, as a form: what each shows is a choice, not a text to write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.monitor.pages import forms

ACTION_TYPES = (
    ("review", "Review"),
    ("email", "E-mail"),
    ("update_stage", "Update stage"),
    ("schedule", "Schedule calls"),
    ("create_task", "Create tasks"),
    ("note", "Note"),
    ("custom", "Custom"),
)
SHOWS = (
    ("", "What this kind of step shows by itself"),
    ("no_contact", "No contact in so many days"),
    ("stage", "Everything in a stage"),
    ("follow_up", "What needs follow-up most"),
    ("stage_change", "What should change its stage"),
    ("call_this_week", "What needs a call this week"),
    ("new_leads", "New leads of so many days"),
    ("objectives", "Objectives"),
    ("nothing", "Nothing"),
    ("create_partnership", "A form for new partnerships (custom)"),
    ("update_objective", "Objectives to adjust (custom)"),
    ("kept", "As the template has it"),
)
MANAGED = ("show", "filter", "does", "limit")
"""The parts of a step's config that the form writes; whatever else is in it stays."""
DAYS = {"no_contact": "noContactDays", "new_leads": "newWithinDays"}


def blank() -> dict[str, Any]:
    """A step that nobody has described yet."""
    return {"actionType": "review", "title": "", "description": "", "config": {}}


def shown(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with the choices of its form: `shows`, `days`, `stage`, `limit`."""
    config = step.get("config") or {}
    chosen = _chosen(config)
    return {**step, **chosen, "limit": config.get("limit") or "", "configJson": json.dumps(config)}


def _chosen(config: Mapping[str, Any]) -> dict[str, Any]:
    told, none = dict(config.get("filter") or {}), {"days": "", "stage": ""}
    if isinstance(told.get("stage"), list) and len(told["stage"]) == 1:
        told["stage"] = told["stage"][0]
    if config.get("does"):
        return none | {"shows": config["does"]}
    if config.get("show") in ("objectives", "nothing") and not told:
        return none | {"shows": config["show"]}
    if not told:
        return none | {"shows": "kept" if config.get("partnershipIds") else ""}
    if set(told) == {"noContactDays"}:
        return none | {"shows": "no_contact", "days": told["noContactDays"]}
    if set(told) == {"needs"}:
        return none | {"shows": told["needs"]}
    if set(told) == {"stage"} and isinstance(told["stage"], str):
        return none | {"shows": "stage", "stage": told["stage"]}
    if set(told) == {"stage", "newWithinDays"} and told["stage"] == "New Lead":
        return none | {"shows": "new_leads", "days": told["newWithinDays"]}
    return none | {"shows": "kept"}


def read(form: Any) -> list[dict[str, Any]]:
    """The steps that the form describes, in their order. What is no number or no choice is left for their owner to refuse."""
    names = ("key", "actionType", "title", "description", "shows", "days", "stage", "limit", "configJson")
    columns = [form.getlist(f"step-{name}") for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]
    return [_step(row) for row in rows]


def _step(row: Mapping[str, str]) -> dict[str, Any]:
    step: dict[str, Any] = {
        "actionType": row["actionType"],
        "title": row["title"].strip(),
        "description": row["description"].strip(),
        "config": _config(row),
    }
    return step | ({"key": row["key"]} if row["key"] else {})


def _config(row: Mapping[str, str]) -> dict[str, Any]:
    known = _known(row["configJson"])
    limit = {"limit": forms.number(row["limit"])} if row["limit"].strip() else {}
    if row["shows"] == "kept":
        return {name: value for name, value in known.items() if name != "limit"} | limit
    return {name: value for name, value in known.items() if name not in MANAGED} | _built(row) | limit


def _built(row: Mapping[str, str]) -> dict[str, Any]:
    shows = row["shows"]
    if shows in ("objectives", "nothing"):
        return {"show": shows}
    if shows in ("create_partnership", "update_objective"):
        return {"does": shows}
    if shows == "stage":
        return {"filter": {"stage": row["stage"]}}
    if shows in DAYS:
        days = {DAYS[shows]: forms.number(row["days"]) or 14}
        return {"filter": days | ({"stage": "New Lead"} if shows == "new_leads" else {})}
    return {"filter": {"needs": shows}} if shows else {}


def _known(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def arranged(steps: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """The steps after a button of the form: `add`, `remove:2`, `up:2`, `down:0`."""
    move, _, place = wanted.partition(":")
    at = int(place) if place.isdigit() and int(place) < len(steps) else None
    if move == "add":
        return [*steps, blank()]
    if move == "remove" and at is not None:
        return steps[:at] + steps[at + 1 :]
    to = {"up": -1, "down": 1}.get(move, 0)
    if at is None or not to or not 0 <= at + to < len(steps):
        return steps
    moved = list(steps)
    moved[at], moved[at + to] = moved[at + to], moved[at]
    return moved
