"""The pages of run templates: the list, one template, its form and its deletion, and the form for a run of own steps
and of steps of several templates."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, failures, flash, forms, frame, questions, step_forms
from services.monitor.pages.guided_runs import RUNS, TEMPLATES, every_template
from services.monitor.pages.questions import Question
from shared.contracts import guided_steps
from shared.contracts.partnerships import STAGES
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError
from shared.web import callers, error_responses

PAGE = "/app/templates"

blueprint = frame.page_blueprint("run_templates", __name__)


@blueprint.get("/app/templates")
@callers.needs("member")
def list_templates() -> Any:
    """The built-in templates, and the tenant's own."""
    templates, away = api_client.optional("Templates cannot be shown.", every_template, [])
    return render_template("run_templates/list.html", templates=templates, away=away)


@blueprint.get("/app/templates/<template_id>")
@callers.needs("member")
def show(template_id: str) -> Any:
    """One template with its steps."""
    return render_template("run_templates/template.html", template=_template(template_id))


@blueprint.get("/app/templates/new")
@callers.needs("member")
def ask_new() -> Any:
    """An empty form, or a copy of another template."""
    source = request.args.get("from")
    copied = _template(source) if source else None
    steps = [{**step, "key": ""} for step in copied["steps"]] if copied else [step_forms.blank()]
    named = {"name": f"{copied['name']} (copy)", "description": copied["description"]} if copied else {}
    return _form(named, steps, None)


@blueprint.post("/app/templates/new")
@callers.needs("member")
def create() -> Any:
    """Create the template. A button that only rearranges the steps shows the form again."""
    fields, steps = _fields(), step_forms.read(request.form)
    if (wanted := request.form.get("do", "save")) != "save":
        return _form(fields, step_forms.arranged(steps, wanted), None)
    try:
        made = api_client.send("runs", "POST", TEMPLATES, fields | {"steps": steps}, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(fields, steps, None, error), error_responses.status_of(error)
    return flash.redirect_to(f"{PAGE}/{made['id']}", f"“{made['name']}” can be started now.")


@blueprint.get("/app/templates/<template_id>/edit")
@callers.needs("member")
def ask_edit(template_id: str) -> Any:
    """The form with the newest version."""
    saved = _template(template_id)
    return _form(saved, saved["steps"], saved)


@blueprint.post("/app/templates/<template_id>/edit")
@callers.needs("member")
def edit(template_id: str) -> Any:
    """Save a new version; runs in progress keep theirs. If somebody else saved one since the form was shown, the form
    says so and keeps what was typed; saving it again puts it in that one's place."""
    fields, steps, saved = _fields(), step_forms.read(request.form), _template(template_id)
    if (wanted := request.form.get("do", "save")) != "save":
        return _form(fields, step_forms.arranged(steps, wanted), saved)
    try:
        path = f"{TEMPLATES}/{template_id}"
        made = api_client.send("runs", "PUT", path, fields | {"steps": steps}, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        return _form(fields, steps, saved, error), error_responses.status_of(error)
    return flash.redirect_to(f"{PAGE}/{template_id}", f"Saved as version {made['version']}.")


@blueprint.get("/app/templates/<template_id>/delete")
@callers.needs("member")
def ask_delete(template_id: str) -> Any:
    """The page that asks for confirmation before a template is deleted."""
    saved = _template(template_id)
    question = Question(
        crumb=("Templates", PAGE),
        title=f"Delete “{saved['name']}”?",
        text="It can no longer be started. Runs that came from it stay as they are.",
        button="Delete the template",
        action=f"{PAGE}/{template_id}/delete",
        back=f"{PAGE}/{template_id}",
        danger=True,
        version=saved["version"],
    )
    return questions.render(question)


@blueprint.post("/app/templates/<template_id>/delete")
@callers.needs("member")
def delete(template_id: str) -> Any:
    """Delete the template."""
    api_client.send("runs", "DELETE", f"{TEMPLATES}/{template_id}", version=request.form.get("version"))
    return flash.redirect_to(PAGE, "Deleted.")


@blueprint.get("/app/runs/new")
@callers.needs("member")
def ask_run() -> Any:
    """The form for a run with own steps, or with steps of several templates."""
    return _run_form({}, [], [])


@blueprint.post("/app/runs/new")
@callers.needs("member")
def start_run() -> Any:
    """Start the run: the chosen steps of templates in their order, then its own."""
    fields = {name: value for name in ("name", "description", "owner") if (value := request.form.get(name, "").strip())}
    steps, picked = step_forms.read(request.form), request.form.getlist("pick")
    if (wanted := request.form.get("do", "start")) != "start":
        return _run_form(fields, step_forms.arranged(steps, wanted), picked)
    body = fields | {"fromTemplates": _picked(picked)} | ({"steps": steps} if steps else {})
    try:
        made = api_client.send("runs", "POST", RUNS, body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _run_form(fields, steps, picked, error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/runs/{made['id']}", f"“{made['name']}” has begun.")


def _picked(picked: list[str]) -> list[dict[str, Any]]:
    """The ticked boxes (`template/step`), grouped by template in the order of the page."""
    chosen: dict[str, list[str]] = {}
    for path in picked:
        template_id, _, key = path.partition("/")
        chosen.setdefault(template_id, []).append(key)
    return [{"templateId": template_id, "stepKeys": keys} for template_id, keys in chosen.items()]


def _fields() -> dict[str, Any]:
    return {name: request.form.get(name, "").strip() for name in ("name", "description")}


def _template(template_id: str) -> dict[str, Any]:
    if not template_id:
        raise NotFound("There is no such template.")
    return api_client.get("runs", f"{TEMPLATES}/{template_id}")


def _complaints(error: TandemError | None) -> dict[str, Any]:
    """The errors by the fields of the form; an error in a step is shown with its path."""
    errors = dict(error.errors) if isinstance(error, Invalid) else {}
    return {
        "errors": forms.by_field(errors),
        "step_errors": {path: reasons for path, reasons in errors.items() if path.startswith("steps")},
        "problem": failures.problem_of(error) if error else None,
    }


def _form(
    form: dict[str, Any], steps: list[dict[str, Any]], saved: dict[str, Any] | None, error: TandemError | None = None
) -> str:
    return render_template(
        "run_templates/form.html",
        saved=saved,
        version=forms.version(saved["version"], error) if saved else None,
        form=form,
        steps=[step_forms.shown(step) for step in steps],
        action_types=guided_steps.ACTION_TYPES,
        shows=step_forms.SHOWS,
        stage_options=[(stage, stage) for stage in STAGES],
        key=ids.new_id(),
        **_complaints(error),
    )


def _run_form(
    form: dict[str, Any], steps: list[dict[str, Any]], picked: list[str], error: TandemError | None = None
) -> str:
    return render_template(
        "run_templates/new_run.html",
        templates=[api_client.get("runs", f"{TEMPLATES}/{template['id']}") for template in every_template()],
        form=form,
        steps=[step_forms.shown(step) for step in steps],
        picked=picked,
        opened={path.partition("/")[0] for path in picked},
        action_types=guided_steps.ACTION_TYPES,
        shows=step_forms.SHOWS,
        stage_options=[(stage, stage) for stage in STAGES],
        owners=list(customers.owners().items()),
        me=callers.by().id,
        key=ids.new_id(),
        **_complaints(error),
    )
