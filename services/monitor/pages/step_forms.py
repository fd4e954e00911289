"""Shows and reads the steps of a template, or of a run without one, as a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from services.monitor.pages import forms
from shared.contracts import guided_steps
from shared.contracts.guided_steps import CUSTOM_STEPS, NEEDS, PLAIN_SHOWS
from shared.contracts.partnership_thresholds import NEW_LEAD_DAYS, NO_CONTACT_DAYS
from shared.ground import strict_json
from shared.ground.errors import Invalid

SHOWS = (
    ("", "What this kind of step shows by itself"),
    ("no_contact", "No contact in so many days"),
    ("stage", "Everything in a stage"),
    *NEEDS,
    ("new_leads", "New leads of so many days"),
    *PLAIN_SHOWS,
    *CUSTOM_STEPS,
    ("kept", "As the template has it"),
)
MANAGED = ("show", "filter", "does", "limit")
"""The keys of a step's config that the form writes; it keeps all others."""
DAYS = {"no_contact": ("noContactDays", NO_CONTACT_DAYS), "new_leads": ("newWithinDays", NEW_LEAD_DAYS)}


def blank() -> dict[str, Any]:
    """A new step, of the first action type."""
    return {"actionType": guided_steps.ACTION_TYPES[0][0], "title": "", "description": "", "config": {}}


def shown(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with the values of its form: `shows`, `days`, `stage`, `limit`."""
    config = step.get("config") or {}
    chosen = _chosen(config)
    return {**step, **chosen, "limit": config.get("limit") or "", "configJson": json.dumps(config)}


def _chosen(config: Mapping[str, Any]) -> dict[str, Any]:
    filters, none = dict(config.get("filter") or {}), {"days": "", "stage": ""}
    if isinstance(filters.get("stage"), list) and len(filters["stage"]) == 1:
        filters["stage"] = filters["stage"][0]
    if config.get("does"):
        return none | {"shows": config["does"]}
    if config.get("show") in dict(PLAIN_SHOWS) and not filters:
        return none | {"shows": config["show"]}
    if not filters:
        return none | {"shows": "kept" if config.get("partnershipIds") else ""}
    if set(filters) == {"noContactDays"}:
        return none | {"shows": "no_contact", "days": filters["noContactDays"]}
    if set(filters) == {"needs"}:
        return none | {"shows": filters["needs"]}
    if set(filters) == {"stage"} and isinstance(filters["stage"], str):
        return none | {"shows": "stage", "stage": filters["stage"]}
    if set(filters) == {"stage", "newWithinDays"} and filters["stage"] == "New Lead":
        return none | {"shows": "new_leads", "days": filters["newWithinDays"]}
    return none | {"shows": "kept"}


def read(form: Any) -> list[dict[str, Any]]:
    """The steps that the form describes, in their order. Values that are not a number or a choice are left for the
    service to refuse."""
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
    kept = _raw_config(row["configJson"])
    limit = {"limit": forms.number(row["limit"])} if row["limit"].strip() else {}
    if row["shows"] == "kept":
        return {name: value for name, value in kept.items() if name != "limit"} | limit
    return {name: value for name, value in kept.items() if name not in MANAGED} | _built(row) | limit


def _built(row: Mapping[str, str]) -> dict[str, Any]:
    shows = row["shows"]
    if shows in dict(PLAIN_SHOWS):
        return {"show": shows}
    if shows in dict(CUSTOM_STEPS):
        return {"does": shows}
    if shows == "stage":
        return {"filter": {"stage": row["stage"]}}
    if shows in DAYS:
        name, usual = DAYS[shows]
        days = forms.number(row["days"])
        return {
            "filter": {name: usual if days is None else days} | ({"stage": "New Lead"} if shows == "new_leads" else {})
        }
    return {"filter": {"needs": shows}} if shows else {}


def _raw_config(text: str) -> dict[str, Any]:
    try:
        config = strict_json.loads(text or "{}")
    except (ValueError, Invalid):
        return {}
    return config if isinstance(config, dict) else {}


def arranged(steps: list[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """The steps after a button of the form: `add`, `remove:2`, `up:2`, `down:0`."""
    move, _, place = wanted.partition(":")
    at = forms.number(place)
    at = at if isinstance(at, int) and at < len(steps) else None
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
