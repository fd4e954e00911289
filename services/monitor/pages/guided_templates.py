"""The template of a guided run: taking its newer version, and saving the steps of the run as another."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    failures,
    flash,
    forms,
    frame,
    guided_run,
)
from services.monitor.pages.guided_runs import RUNS
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, TandemError
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("guided_templates", __name__)


@blueprint.get("/app/runs/<run_id>/take-template")
@callers.needs("member")
def ask_take_template(run_id: str) -> Any:
    """The page that shows what the newest version of the template would change in this run."""
    changes = api_client.get("runs", f"{RUNS}/{run_id}/template-changes")
    return render_template("runs/take_template.html", run=guided_run.find(callers.by(), run_id), changes=changes)


@blueprint.post("/app/runs/<run_id>/take-template")
@callers.needs("member")
def take_template(run_id: str) -> Any:
    """Move the run to the newer version; steps that were begun stay as they are."""
    api_client.send("runs", "POST", f"{RUNS}/{run_id}/take-template", {}, version=request.form.get("version"))
    return flash.redirect_to(f"/app/runs/{run_id}", "The steps that were not begun are now those of the newer version.")


@blueprint.get("/app/runs/<run_id>/save-as-template")
@callers.needs("member")
def ask_save(run_id: str) -> Any:
    """The form for saving the run's steps as a template."""
    return _save_form(run_id)


@blueprint.post("/app/runs/<run_id>/save-as-template")
@callers.needs("member")
def save(run_id: str) -> Any:
    """Save the run's steps as a template of the tenant, once even if the button is pressed twice."""
    fields = {name: value for name in ("name", "description") if (value := request.form.get(name, "").strip())}
    path, key = f"{RUNS}/{run_id}/save-as-template", request.form.get("key")
    try:
        made = api_client.send("runs", "POST", path, fields, key=key)
    except (Conflict, Invalid) as error:
        return _save_form(run_id, error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/runs/{run_id}", f"“{made['name']}” is a template now.")


def _save_form(run_id: str, error: TandemError | None = None) -> str:
    errors = forms.by_field(error.errors) if error else {}
    return render_template(
        "runs/save.html",
        run=guided_run.find(callers.by(), run_id),
        key=ids.new_id(),
        form=request.form,
        errors=errors,
        problem=failures.problem_of(error) if error and not errors else None,
    )
