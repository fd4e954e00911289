"""The page of one partnership: its facts, what happened with it, its runs and tasks, and what can be done now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from services.monitor import people
from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying
from services.monitor.pages.partnerships import PAGE, PARTNERSHIPS
from shared import ids, web
from shared.errors import Conflict, Invalid

LOGGED = (
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("email_received", "E-mail that came in"),
    ("email_sent", "E-mail that went out"),
    ("note", "Note"),
    ("introduction", "Introduction"),
    ("mou_sent", "MOU sent"),
    ("mou_viewed", "MOU viewed"),
    ("mou_signed", "MOU signed"),
)
"""What a person may log; the other kinds come from what is done in the console."""

blueprint = frame.room("partnership", __name__)


@blueprint.get("/app/partnerships/<partnership_id>")
@web.needs("member")
def show(partnership_id: str) -> Any:
    """One partnership, whole."""
    return page(partnership_id)


@blueprint.post("/app/partnerships/<partnership_id>/activities")
@web.needs("member")
def log(partnership_id: str) -> Any:
    """Write down what happened; the last contact follows from it."""
    told = {name: value for name in ("kind", "summary", "body") if (value := request.form.get(name, "").strip())}
    if at := request.form.get("at", "").strip():
        told["at"] = _moment(at)
    path = f"{PARTNERSHIPS}/{partnership_id}/activities"
    try:
        asking.send("runs", "POST", path, told, key=request.form.get("key"))
    except Invalid as error:
        return page(partnership_id, errors=forms.by_field(error.errors), form=request.form.to_dict()), 422
    return saying.go(f"{PAGE}/{partnership_id}")


@blueprint.post("/app/partnerships/<partnership_id>/stage")
@web.needs("member")
def move(partnership_id: str) -> Any:
    """Move it along the pipeline."""
    stage = request.form.get("stage", "")
    path = f"{PARTNERSHIPS}/{partnership_id}"
    try:
        asking.send("runs", "PATCH", path, {"stage": stage}, version=request.form.get("version"))
    except Conflict as error:
        return page(partnership_id, problem=failures.problem_of(error)), 409
    return saying.go(f"{PAGE}/{partnership_id}", f"Moved to {stage}.")


def page(partnership_id: str, **more: Any) -> str:
    """The page, with what went wrong with a form of it."""
    known = asking.get("runs", f"{PARTNERSHIPS}/{partnership_id}")
    activities = asking.get(
        "runs", f"{PARTNERSHIPS}/{partnership_id}/activities", limit=50, cursor=request.args.get("cursor")
    )
    runs = asking.get("runs", "/api/guided-runs", partnership_id=partnership_id, limit=20)["items"]
    tasks, away = asking.part("Its tasks cannot be shown.", lambda: _tasks(partnership_id), [])
    known_by_default = {
        "partnership": known,
        "activities": activities["items"],
        "pages": addresses.pages(activities["pagination"].get("next")),
        "pagination": activities["pagination"],
        "runs": runs,
        "tasks": tasks,
        "away": away,
        "owners": customers.owners(),
        "logged": LOGGED,
        "key": ids.new_id(),
        "problem": None,
        "errors": {},
        "form": {},
    }
    return render_template("partnerships/partnership.html", **(known_by_default | more))


def _tasks(partnership_id: str) -> list[dict[str, Any]]:
    return asking.get("workflows", "/api/workflows/tasks", partnership_id=partnership_id, limit=50)["items"]


def _moment(text: str) -> str:
    """A time typed in the tenant's own zone, as RFC 3339; what is no time is left for its owner to complain about."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = ZoneInfo(people.tenant(web.by().tenant_id).time_zone)
    return typed.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")
