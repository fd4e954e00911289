"""One row of a guided step: its page, which the script shows at the side, and the row by itself after an action on it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, frame
from services.monitor.pages.guided_runs import RUNS
from shared.ground import ids
from shared.web import callers

blueprint = frame.page_blueprint("guided_row", __name__)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/rows/<row_id>")
@callers.needs("member")
def show(run_id: str, step_id: str, row_id: str) -> Any:
    """Everything that is known and can be done about one row."""
    return render_template("runs/row.html", **_context(run_id, step_id, row_id))


def is_wanted() -> bool:
    """Whether the script asks for the changed row instead of the whole page."""
    return request.form.get("swap") in ("row", "sheet") and bool(request.form.get("rowId"))


def changed(run_id: str, step_id: str, row_id: str | None, **more: Any) -> str:
    """The row as it is now with what stands under the rows, each for its own place; the sheet closes, or shows what was
    refused."""
    context = _context(run_id, step_id, str(row_id)) | more
    return render_template("runs/row_changed.html", from_sheet=request.form.get("swap") == "sheet", **context)


def _context(run_id: str, step_id: str, row_id: str) -> dict[str, Any]:
    data = api_client.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/rows/{row_id}")
    return {
        "run": {"id": run_id, "status": "in_progress" if data["step"]["allowed"] else "paused"},
        "step": data["step"],
        "data": data,
        "item": data["item"],
        "key": ids.new_id(),
        "trouble": None,
        "proposed": None,
    }
