"""Renders the parts of a guided run's page again for a viewer: single rows where only rows changed, else the body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import render_template

from services.monitor import live
from services.monitor.pages import guided_run, template_filters
from services.monitor.pages.partials import Variables, part
from shared.ground.errors import TandemError
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

AROUND = {
    "#guided-track": "runs/track.html",
    "#guided-aside": "runs/aside.html",
    "#guided-standing": "runs/status.html",
    "#guided-actions": "runs/actions.html",
}
"""The templates of the page around its rows, by their place."""

BODY = ("#guided", "runs/body.html")


class Guided:
    """The parts of a guided run's page; only the rows that changed, where nothing else did."""

    def __init__(self, watched: Mapping[str, str], _: Principal) -> None:
        self.run_id, self.seen, self.changed = watched.get("id", ""), 0, ChangedParts()

    def __call__(self, event: live.Event, by: Principal, around: Variables) -> list[str]:
        """The parts that an event changes, as elements that htmx puts in their places."""
        if event.subject != self.run_id or event.position <= self.seen:
            return []
        self.seen = live.head()
        try:
            context = around | guided_run.template_context(by, self.run_id)
        except TandemError:
            return []
        made = [part(place, template, context) for place, template in AROUND.items()]
        rows = self.changed.rows_of(context)
        if rows is None:
            return [*made, part(*BODY, context)]
        return made + [_row(context, row) for row in rows]


class ShownRow(NamedTuple):
    """A row of a table, with its step and the data of the step; `text` is all of the row, to be compared."""

    text: str
    step: JsonObject
    data: JsonObject
    item: JsonObject


class ChangedParts:
    """Compares a run with how it was before, and names the rows to render again."""

    def __init__(self) -> None:
        self._frame: str | None = None
        self._rows: dict[str, str] = {}

    def rows_of(self, context: Mapping[str, Any]) -> list[ShownRow] | None:
        """Each row that changed; None when more changed than rows."""
        frame, rows = _frame(context), _rows(context)
        before, self._frame = self._frame, frame
        was, self._rows = self._rows, {key: row.text for key, row in rows.items()}
        if before != frame or was.keys() != rows.keys():
            return None
        return [row for key, row in rows.items() if was[key] != row.text]


def _row(context: Variables, row: ShownRow) -> str:
    """One row with what stands under the rows, as elements that htmx puts in their places."""
    return render_template("runs/row_changed.html", **context | {"step": row.step, "data": row.data, "item": row.item})


def _frame(context: Mapping[str, Any]) -> str:
    """Everything but the rows of tables and what they count, as text."""
    run = {name: value for name, value in context["run"].items() if name not in ("steps", "version")}
    steps = [
        {name: value for name, value in step.items() if name not in ("result", "summary")}
        if step["status"] == "in_progress" and _is_table(step)
        else step
        for step in context["steps"]
    ]
    tables = {step["id"] for step in context["steps"] if _is_table(step)}
    lists = [
        {name: data[name] for name in ("explanation", "whose", "truncated")} if step_id in tables else data
        for step_id, data in context["data"].items()
    ]
    return json.dumps([run, steps, lists], sort_keys=True, default=str)


def _is_table(step: Mapping[str, Any]) -> bool:
    """Whether the rows of the step are a table, so that one of them can be swapped by itself."""
    template = template_filters.template_in(step["actionType"], "runs/action_types", "review")
    return bool(getattr(template.module, "as_table", False))


def _rows(context: Mapping[str, Any]) -> dict[str, ShownRow]:
    """The rows of tables by their ids."""
    return {
        item["id"]: ShownRow(json.dumps(item, sort_keys=True), step, context["data"][step["id"]], item)
        for step in context["steps"]
        if step["id"] in context["data"] and _is_table(step)
        for item in context["data"][step["id"]]["items"]
    }
