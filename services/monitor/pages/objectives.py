"""The pages of objectives and their key results: the list, and the forms for adding and changing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, failures, flash, forms, frame, urls
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import callers, error_responses

OBJECTIVES = "/api/objectives"
PAGE = "/app/objectives"
TYPED = ("title", "description", "owner", "period", "startsOn", "endsOn")
OF_A_RESULT = ("id", "title", "unit", "start", "current", "target")
SPARE_ROWS = 2

blueprint = frame.page_blueprint("objectives", __name__)


@blueprint.get("/app/objectives")
@callers.needs("member")
def list_objectives() -> Any:
    """The list of objectives, those that end soonest first."""
    chosen = urls.chosen("status")
    body, away = api_client.optional(
        "Objectives cannot be shown.", lambda: api_client.page("runs", OBJECTIVES, chosen), {}
    )
    return render_template(
        "objectives/list.html",
        objectives=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        away=away,
        **urls.paging(body),
    )


@blueprint.get("/app/objectives/new")
@callers.needs("member")
def ask_new() -> Any:
    """An empty form."""
    return _form({"owner": callers.by().id})


@blueprint.post("/app/objectives/new")
@callers.needs("member")
def create() -> Any:
    """Create the objective."""
    fields = {name: value for name, value in _fields().items() if value not in (None, "")}
    try:
        api_client.send("runs", "POST", OBJECTIVES, fields, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(fields, error=error), error_responses.status_of(error)
    return flash.redirect_to(PAGE, "The objective stands in the list.")


@blueprint.get("/app/objectives/<objective_id>/edit")
@callers.needs("member")
def ask_edit(objective_id: str) -> Any:
    """The form with the present values of an objective."""
    saved = api_client.get("runs", f"{OBJECTIVES}/{objective_id}")
    return _form(saved, saved)


@blueprint.post("/app/objectives/<objective_id>/edit")
@callers.needs("member")
def edit(objective_id: str) -> Any:
    """Change the objective. If somebody else changed it since the form was shown, the form says so and keeps what was
    typed, with what is there now beside it; saving it again overwrites."""
    fields = _fields()
    if status := request.form.get("status"):
        fields["status"] = status
    try:
        api_client.send("runs", "PATCH", f"{OBJECTIVES}/{objective_id}", fields, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        saved = api_client.get("runs", f"{OBJECTIVES}/{objective_id}")
        return _form(saved | fields, saved, error), error_responses.status_of(error)
    return flash.redirect_to(PAGE, "Saved.")


def _fields() -> dict[str, Any]:
    """The values of the form; a key result without a title is left out."""
    form = request.form
    fields: dict[str, Any] = {name: form[name].strip() or None for name in TYPED if name in form}
    columns = [form.getlist(f"result-{name}") for name in OF_A_RESULT]
    rows = [dict(zip(OF_A_RESULT, (text.strip() for text in row), strict=True)) for row in zip(*columns, strict=False)]
    results = [{name: value for name, value in row.items() if value} for row in rows if row["title"]]
    return fields | {"keyResults": results}


def _said(owners: Mapping[str, str]) -> dict[str, Callable[[Any], str]]:
    """For each field of the form, the function that puts its value into words."""
    return dict.fromkeys(TYPED, forms.plain) | {
        "owner": lambda person_id: owners.get(person_id, forms.plain(person_id)),
        "startsOn": forms.as_day,
        "endsOn": forms.as_day,
        "status": lambda status: forms.plain(status).capitalize(),
        "keyResults": lambda results: "; ".join(map(_result, results or ())),
    }


def _result(result: Mapping[str, Any]) -> str:
    """A key result in words: `Calls: 3 of 10, from 0`."""
    unit, start, current, target = (forms.plain(result.get(name)) for name in ("unit", "start", "current", "target"))
    return f"{result['title']}: {current} of {target} {unit}".strip() + f", from {start}"


def _form(form: dict[str, Any], saved: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
    owners = customers.owners()
    return render_template(
        "objectives/form.html",
        saved=saved,
        version=forms.version(saved["version"], error) if saved else None,
        form=form,
        results=list(form.get("keyResults") or []) + [{}] * SPARE_ROWS,
        owners=[("", "Nobody"), *owners.items()],
        present=forms.changed_since(saved, form, _said(owners)) if saved and isinstance(error, Stale) else {},
        key=ids.new_id(),
        errors=errors,
        problem=failures.problem_of(error) if error else None,
    )
