"""The page of one partnership: its facts, its history, its runs and tasks, and the actions on it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import profiles
from services.monitor.pages import (
    api_client,
    customers,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    guided_runs,
    task_rows,
    urls,
)
from services.monitor.pages.partnerships import PAGE, PARTNERSHIPS
from services.monitor.pages.toasts import Undo
from shared.contracts.partnerships import LOGGED_ACTIVITIES
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.web import callers, error_responses

SECTIONS = (("now", "Now"), ("timeline", "Timeline"), ("people", "People"), ("runs", "Runs"))
"""The sections of the page and their names, in order."""

ENTRIES_SHOWN = 20

blueprint = frame.page_blueprint("partnership", __name__)


@blueprint.get("/app/partnerships/<partnership_id>")
@callers.needs("member")
def show(partnership_id: str) -> Any:
    """One partnership with all its details."""
    partnership = early_frame.asked_first(lambda: api_client.get("runs", f"{PARTNERSHIPS}/{partnership_id}"))
    return early_frame.page(partnership["name"], lambda: page(partnership_id, partnership))


@blueprint.post("/app/partnerships/<partnership_id>/activities")
@callers.needs("member")
def log(partnership_id: str) -> Any:
    """Add an activity; one that is a contact updates the date of the last contact."""
    fields = {name: value for name in ("kind", "summary", "body") if (value := request.form.get(name, "").strip())}
    if at := request.form.get("at", "").strip():
        fields["at"] = forms.moment(at, profiles.time_zone(callers.by()))
    path = f"{PARTNERSHIPS}/{partnership_id}/activities"
    try:
        api_client.send("runs", "POST", path, fields, key=request.form.get("key"))
    except Invalid as error:
        return page(partnership_id, errors=forms.by_field(error.errors), form=request.form.to_dict()), 422
    return flash.redirect_to(f"{PAGE}/{partnership_id}")


@blueprint.post("/app/partnerships/<partnership_id>/stage")
@callers.needs("member")
def move(partnership_id: str) -> Any:
    """Move the partnership to another stage."""
    stage = request.form.get("stage", "")
    path = f"{PARTNERSHIPS}/{partnership_id}"
    try:
        moved = api_client.send("runs", "PATCH", path, {"stage": stage}, version=request.form.get("version"))
    except Conflict as error:
        return page(partnership_id, problem=failures.problem_of(error)), error_responses.status_of(error)
    undo = Undo(f"{PAGE}/{partnership_id}/stage/undo", (("version", str(moved["version"])),))
    return flash.redirect_to(f"{PAGE}/{partnership_id}", f"Moved to {stage}.", undo=undo)


@blueprint.post("/app/partnerships/<partnership_id>/stage/undo")
@callers.needs("member")
def undo_move(partnership_id: str) -> Any:
    """Take the last move back."""
    path = f"{PARTNERSHIPS}/{partnership_id}/stage/undo"
    row = api_client.send("runs", "POST", path, version=request.form.get("version"))
    return flash.redirect_to(f"{PAGE}/{partnership_id}", f"Taken back: it is in {row['stage']} again.")


def page(partnership_id: str, partnership: JsonObject | None = None, **more: Any) -> str:
    """The page of a partnership, which may have been read already; with the error of one of its forms if there is one."""
    path = f"{PARTNERSHIPS}/{partnership_id}"
    cursor = request.args.get("cursor")
    read, activities, runs, templates, (tasks, away) = api_client.together(
        lambda: partnership or api_client.get("runs", path),
        lambda: api_client.get("runs", f"{path}/activities", limit=ENTRIES_SHOWN, cursor=cursor),
        lambda: api_client.get("runs", guided_runs.RUNS, partnership_id=partnership_id, limit=20)["items"],
        guided_runs.every_template,
        lambda: api_client.optional(
            "Its tasks cannot be shown.", lambda: task_rows.open_of(partnership_id=partnership_id), []
        ),
    )
    context = {
        "partnership": read,
        "activities": activities["items"],
        "pages": urls.pages(activities["pagination"].get("next")),
        "pagination": activities["pagination"],
        "runs": runs,
        "open_runs": [run for run in runs if run["status"] == "in_progress"],
        "templates": templates,
        "sections": SECTIONS,
        "tasks": task_rows.shown(tasks),
        "away": away,
        "owners": customers.owners(),
        "logged": LOGGED_ACTIVITIES,
        "key": ids.new_id(),
        "problem": None,
        "errors": {},
        "form": {},
    }
    return render_template("partnerships/partnership.html", **(context | more))
