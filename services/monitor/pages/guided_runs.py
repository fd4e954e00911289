"""Guided runs: the templates to start from, the runs that are open and done, and starting one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying
from shared import ids, web
from shared.errors import Conflict, Invalid, NotFound, TandemError

RUNS = "/api/guided-runs"
TEMPLATES = "/api/run-templates"
STATUSES = (("", "Every status"), ("in_progress", "In progress"), ("paused", "Paused"), ("completed", "Completed"))

blueprint = frame.room("guided_runs", __name__)


@blueprint.get("/app/runs")
@web.needs("member")
def list_runs() -> Any:
    """The templates with Start Run, and the runs, newest first."""
    chosen = addresses.chosen("status", "template_id", "owner", "q")
    templates, away = asking.part("Templates and runs cannot be shown.", every_template, [])
    body: dict[str, Any] = {}
    if not away:
        body, away = asking.part("Guided runs cannot be shown.", lambda: _asked(chosen), {})
    pagination = body.get("pagination", {})
    return render_template(
        "runs/list.html",
        templates=templates,
        template_names={one["id"]: one["name"] for one in templates},
        runs=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        statuses=STATUSES,
        away=away,
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


@blueprint.get("/app/runs/start")
@web.needs("member")
def ask_start() -> Any:
    """What the template's run will be: its steps, and a name of one's own."""
    return _start_form(request.args.get("template_id", ""))


@blueprint.post("/app/runs/start")
@web.needs("member")
def start() -> Any:
    """Create the run, once however often the button is pressed, and go to its page."""
    told = {name: value for name in ("templateId", "name", "owner") if (value := request.form.get(name, "").strip())}
    linked = request.form.getlist("linkedPartnershipIds")
    try:
        made = asking.send(
            "runs",
            "POST",
            RUNS,
            told | ({"linkedPartnershipIds": linked} if linked else {}),
            key=request.form.get("key"),
        )
    except (Conflict, Invalid) as error:
        return _start_form(told.get("templateId", ""), error), 422
    return saying.go(f"/app/runs/{made['id']}", f"“{made['name']}” has begun.")


def every_template() -> list[dict[str, Any]]:
    """The built-in templates and the tenant's own, up to a hundred."""
    return asking.get("runs", TEMPLATES, limit=100)["items"]


def _asked(chosen: dict[str, str]) -> dict[str, Any]:
    wanted: dict[str, Any] = {"limit": 50, "cursor": request.args.get("cursor"), **chosen}
    return asking.get("runs", RUNS, **wanted)


def _start_form(template_id: str, error: TandemError | None = None) -> str:
    if not template_id:
        raise NotFound("There is no such template.")
    return render_template(
        "runs/start.html",
        template=asking.get("runs", f"{TEMPLATES}/{template_id}"),
        owners=customers.owners(),
        owner=request.form.get("owner") or web.by().id,
        linked=request.values.getlist("linkedPartnershipIds"),
        key=ids.new_id(),
        form=request.form,
        errors=forms.by_field(error.errors) if isinstance(error, Invalid) else {},
        problem=failures.problem_of(error) if error else None,
    )
