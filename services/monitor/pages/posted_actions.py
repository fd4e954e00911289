"""Reads the actions of a guided step from a form, as the API of runs takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from services.monitor import profiles
from services.monitor.pages import forms
from shared.contracts.guided_steps import ACTIONS
from shared.ground.errors import NotFound
from shared.web import callers

NUMBERS = ("minutes", "priority")
NOT_FIELDS = ("do", "rowId", "rowIds", "version", "key", "otherTime", "readTime", "reason", "swap")
"""The fields of a form that are not fields of the action."""

FIGURE, FIGURE_BEFORE = "current-", "before-"
"""The names of the fields for a key result's figure begin with these; its id follows."""


@dataclass(frozen=True)
class PostedAction:
    """One action, about the row `row_id` or about `all_rows`; `fields` are the values that were filled in."""

    type: str
    row_id: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    all_rows: bool = False

    def body(self) -> dict[str, Any]:
        """The JSON of the request: `{"type", "rowId"?, "all"?, ...fields}`."""
        row = {"rowId": self.row_id} if self.row_id else {}
        return {"type": self.type, **row, **({"all": True} if self.all_rows else {}), **self.fields}


def read() -> list[PostedAction]:
    """The actions that the form asks for: one, or one for each key result whose figure was changed (the first if none
    was). NotFound for an unknown action."""
    action, form = _action(), request.form
    typed = {name.removeprefix(FIGURE): form[name].strip() for name in form if name.startswith(FIGURE)}
    if not typed:
        return [action]
    changed = {result: now for result, now in typed.items() if now != form.get(f"{FIGURE_BEFORE}{result}")}
    return [
        replace(action, fields={**action.fields, "keyResultId": result, "current": now})
        for result, now in (changed or dict([*typed.items()][:1])).items()
    ]


def _action() -> PostedAction:
    form = request.form
    wanted = form.get("do") or ("review_row" if "mark" in form else "")
    if selected := form.getlist("rowIds"):
        return PostedAction("review_rows", fields={"rowIds": selected, "mark": form.get("mark", "")})
    if wanted == "send_all":
        return PostedAction("send_email", all_rows=True)
    if wanted not in ACTIONS:
        raise NotFound("There is no such action.")
    names = [name for name in form if name not in NOT_FIELDS and not name.startswith((FIGURE, FIGURE_BEFORE))]
    fields: dict[str, Any] = {name: form[name].strip() for name in names if form[name].strip()}
    fields |= {name: forms.number(fields[name]) for name in NUMBERS if name in fields}
    if reason := form.get("reason", "").strip():
        fields["note" if wanted == "set_aside" else "reason"] = reason
    if "to" in fields:
        fields["to"] = recipients(fields["to"])
    fields |= _starting(form.get("otherTime", "").strip() or fields.get("startsAt", ""))
    return PostedAction(wanted, None if "meetingId" in fields else form.get("rowId") or None, fields)


def _starting(text: str) -> dict[str, str]:
    """An offered slot, or a time typed in the caller's time zone."""
    return {"startsAt": forms.moment(text, profiles.time_zone(callers.by()))} if text else {}


def recipients(text: str) -> list[str]:
    """The addresses in a field, separated by commas or semicolons."""
    return [address.strip() for address in text.replace(";", ",").split(",") if address.strip()]
