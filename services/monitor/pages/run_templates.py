"""Templates of guided runs: looking at one, making and changing one's own, and runs put together from several."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import asking, customers, failures, forms, frame, saying, step_forms
from services.monitor.pages.guided_runs import RUNS, TEMPLATES, every_template
from services.monitor.pages.partnerships import STAGES
from shared import ids, web
from shared.errors import Conflict, Invalid, NotFound, TandemError

PAGE = "/app/templates"

blueprint = frame.room("run_templates", __name__)


@blueprint.get("/app/templates")
@web.needs("member")
def list_templates() -> Any:
    """The built-in templates, and the tenant's own."""
    templates, away = asking.part("Templates cannot be shown.", every_template, [])
    return render_template("templates/list.html", templates=templates, away=away)


@blueprint.get("/app/templates/<template_id>")
@web.needs("member")
def show(template_id: str) -> Any:
    """One template with its steps."""
    return render_template("templates/template.html", template=_template(template_id))


@blueprint.get("/app/templates/new")
@web.needs("member")
def ask_new() -> Any:
    """An empty form, or a copy of another template."""
    source = request.args.get("from")
    copied = _template(source) if source else None
    steps = [{**step, "key": ""} for step in copied["steps"]] if copied else [step_forms.blank()]
    named = {"name": f"{copied['name']} (copy)", "description": copied["description"]} if copied else {}
    return _form(named, steps, None)


@blueprint.post("/app/templates/new")
@web.needs("member")
def create() -> Any:
    """Make it; a button that arranges the steps only shows the form again."""
    told, steps = _told(), step_forms.read(request.form)
    if (wanted := request.form.get("do", "save")) != "save":
        return _form(told, step_forms.arranged(steps, wanted), None)
    try:
        made = asking.send("runs", "POST", TEMPLATES, told | {"steps": steps}, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(told, steps, None, error), 422
    return saying.go(f"{PAGE}/{made['id']}", f"“{made['name']}” can be started now.")


@blueprint.get("/app/templates/<template_id>/edit")
@web.needs("member")
def ask_edit(template_id: str) -> Any:
    """The form with the newest version."""
    known = _template(template_id)
    return _form(known, known["steps"], known)


@blueprint.post("/app/templates/<template_id>/edit")
@web.needs("member")
def edit(template_id: str) -> Any:
    """Save a new version; runs that are under way keep theirs."""
    told, steps, known = _told(), step_forms.read(request.form), _template(template_id)
    if (wanted := request.form.get("do", "save")) != "save":
        return _form(told, step_forms.arranged(steps, wanted), known)
    try:
        path = f"{TEMPLATES}/{template_id}"
        made = asking.send("runs", "PUT", path, told | {"steps": steps}, version=request.form.get("version"))
    except (Conflict, Invalid) as error:
        return _form(told, steps, known, error), 422
    return saying.go(f"{PAGE}/{template_id}", f"Saved as version {made['version']}.")


@blueprint.get("/app/templates/<template_id>/delete")
@web.needs("member")
def ask_delete(template_id: str) -> Any:
    """What deleting means."""
    known = _template(template_id)
    ask = {
        "title": f"Delete “{known['name']}”?",
        "text": "It can no longer be started. Runs that came from it stay as they are.",
        "button": "Delete the template",
        "action": f"{PAGE}/{template_id}/delete",
        "back": f"{PAGE}/{template_id}",
        "danger": True,
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.post("/app/templates/<template_id>/delete")
@web.needs("member")
def delete(template_id: str) -> Any:
    """Take it out of the list."""
    asking.send("runs", "DELETE", f"{TEMPLATES}/{template_id}")
    return saying.go(PAGE, "Deleted.")


@blueprint.get("/app/runs/new")
@web.needs("member")
def ask_run() -> Any:
    """A run from nothing, or from steps of several templates."""
    return _run_form({}, [], [])


@blueprint.post("/app/runs/new")
@web.needs("member")
def start_run() -> Any:
    """Start it: the chosen steps of templates in their order, then its own."""
    told = {name: value for name in ("name", "description", "owner") if (value := request.form.get(name, "").strip())}
    steps, picked = step_forms.read(request.form), request.form.getlist("pick")
    if (wanted := request.form.get("do", "start")) != "start":
        return _run_form(told, step_forms.arranged(steps, wanted), picked)
    body = told | {"fromTemplates": _picked(picked)} | ({"steps": steps} if steps else {})
    try:
        made = asking.send("runs", "POST", RUNS, body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _run_form(told, steps, picked, error), 422
    return saying.go(f"/app/runs/{made['id']}", f"“{made['name']}” has begun.")


def _picked(picked: list[str]) -> list[dict[str, Any]]:
    """`template/step` of each box that was ticked, together by template in the order of the page."""
    chosen: dict[str, list[str]] = {}
    for one in picked:
        template_id, _, key = one.partition("/")
        chosen.setdefault(template_id, []).append(key)
    return [{"templateId": template_id, "stepKeys": keys} for template_id, keys in chosen.items()]


def _told() -> dict[str, Any]:
    return {name: request.form.get(name, "").strip() for name in ("name", "description")}


def _template(template_id: str) -> dict[str, Any]:
    if not template_id:
        raise NotFound("There is no such template.")
    return asking.get("runs", f"{TEMPLATES}/{template_id}")


def _complaints(error: TandemError | None) -> dict[str, Any]:
    """What was refused, under the names of the fields, and all of it with its path where a step is to blame."""
    errors = dict(error.errors) if isinstance(error, Invalid) else {}
    return {
        "errors": forms.by_field(errors),
        "step_errors": {path: told for path, told in errors.items() if path.startswith("steps")},
        "problem": failures.problem_of(error) if error else None,
    }


def _form(
    form: dict[str, Any], steps: list[dict[str, Any]], known: dict[str, Any] | None, error: TandemError | None = None
) -> str:
    return render_template(
        "templates/form.html",
        known=known,
        form=form,
        steps=[step_forms.shown(step) for step in steps],
        action_types=step_forms.ACTION_TYPES,
        shows=step_forms.SHOWS,
        stage_options=[(one, one) for one in STAGES],
        key=ids.new_id(),
        **_complaints(error),
    )


def _run_form(
    form: dict[str, Any], steps: list[dict[str, Any]], picked: list[str], error: TandemError | None = None
) -> str:
    return render_template(
        "templates/new_run.html",
        templates=[asking.get("runs", f"{TEMPLATES}/{one['id']}") for one in every_template()[:20]],
        form=form,
        steps=[step_forms.shown(step) for step in steps],
        picked=picked,
        opened={one.partition("/")[0] for one in picked},
        action_types=step_forms.ACTION_TYPES,
        shows=step_forms.SHOWS,
        stage_options=[(one, one) for one in STAGES],
        owners=list(customers.owners().items()),
        me=web.by().id,
        key=ids.new_id(),
        **_complaints(error),
    )
