"""Objectives with their key results: the list, and making and changing one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying
from shared import ids, web
from shared.errors import Conflict, Invalid, Stale, TandemError

OBJECTIVES = "/api/objectives"
PAGE = "/app/objectives"
TYPED = ("title", "description", "owner", "period", "startsOn", "endsOn")
OF_A_RESULT = ("id", "title", "unit", "start", "current", "target")
SPARE_ROWS = 2

blueprint = frame.room("objectives", __name__)


@blueprint.get("/app/objectives")
@web.needs("member")
def list_objectives() -> Any:
    """Objectives, those that end soonest first."""
    chosen = addresses.chosen("status")
    body, away = asking.part("Objectives cannot be shown.", lambda: _asked(chosen), {})
    pagination = body.get("pagination", {})
    return render_template(
        "objectives/list.html",
        objectives=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        away=away,
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


@blueprint.get("/app/objectives/new")
@web.needs("member")
def ask_new() -> Any:
    """An empty form."""
    return _form({"owner": web.by().id})


@blueprint.post("/app/objectives/new")
@web.needs("member")
def create() -> Any:
    """Make it."""
    told = {name: value for name, value in _told().items() if value not in (None, "")}
    try:
        asking.send("runs", "POST", OBJECTIVES, told, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(told, error=error), 422
    return saying.go(PAGE, "The objective stands in the list.")


@blueprint.get("/app/objectives/<objective_id>/edit")
@web.needs("member")
def ask_edit(objective_id: str) -> Any:
    """The form with what is known."""
    known = asking.get("runs", f"{OBJECTIVES}/{objective_id}")
    return _form(known, known)


@blueprint.post("/app/objectives/<objective_id>/edit")
@web.needs("member")
def edit(objective_id: str) -> Any:
    """Change it, if it is still what the form showed."""
    told = _told()
    if status := request.form.get("status"):
        told["status"] = status
    try:
        asking.send("runs", "PATCH", f"{OBJECTIVES}/{objective_id}", told, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        known = asking.get("runs", f"{OBJECTIVES}/{objective_id}")
        return _form(known | told, known, error), 412 if isinstance(error, Stale) else 422
    return saying.go(PAGE, "Saved.")


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"limit": 50, "cursor": request.args.get("cursor"), **chosen}
    return asking.get("runs", OBJECTIVES, **wanted)


def _told() -> dict[str, Any]:
    """What the form says; a key result counts when it has a title."""
    form = request.form
    told: dict[str, Any] = {name: form[name].strip() or None for name in TYPED if name in form}
    columns = [form.getlist(f"result-{name}") for name in OF_A_RESULT]
    rows = [dict(zip(OF_A_RESULT, (one.strip() for one in row), strict=True)) for row in zip(*columns, strict=False)]
    results = [{name: value for name, value in row.items() if value} for row in rows if row["title"]]
    return told | {"keyResults": results}


def _form(form: dict[str, Any], known: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    return render_template(
        "objectives/form.html",
        known=known,
        form=form,
        results=list(form.get("keyResults") or []) + [{}] * SPARE_ROWS,
        owners=[("", "Nobody"), *customers.owners().items()],
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error else None,
    )
