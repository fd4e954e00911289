"""The page of guided runs: the templates to start from, the open and finished runs, and the form that starts one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, early_frame, failures, flash, forms, frame, urls
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, TandemError
from shared.web import callers, error_responses

RUNS = "/api/guided-runs"
TEMPLATES = "/api/run-templates"
#: A run in progress waits for a person, so it is called Waiting here as in the monitor.
STATUSES = (("", "Every status"), ("in_progress", "Waiting"), ("paused", "Paused"), ("completed", "Completed"))

blueprint = frame.page_blueprint("guided_runs", __name__)


@blueprint.get("/app/runs")
@callers.needs("member")
def list_runs() -> Any:
    """The templates with Start Run, and the runs, newest first."""
    return early_frame.page("Runs", _page)


def _page() -> str:
    chosen = urls.chosen("status", "template_id", "owner", "q")
    (templates, no_templates), (body, no_runs) = frame.answers(
        lambda: api_client.optional("Templates and runs cannot be shown.", every_template, []),
        lambda: api_client.optional("Guided runs cannot be shown.", lambda: api_client.page("runs", RUNS, chosen), {}),
    )
    return render_template(
        "runs/list.html",
        templates=templates,
        template_names={template["id"]: template["name"] for template in templates},
        runs=body.get("items", []),
        owners=customers.owners(),
        chosen=chosen,
        statuses=STATUSES,
        away=no_templates or no_runs,
        **urls.paging(body),
    )


@blueprint.get("/app/runs/start")
@callers.needs("member")
def ask_start() -> Any:
    """The form for starting a run of a template: its steps, and a name for the run."""
    return _start_form(request.args.get("template_id", ""))


@blueprint.post("/app/runs/start")
@callers.needs("member")
def start() -> Any:
    """Create the run, once even if the button is pressed twice, and go to its page."""
    fields = {name: value for name in ("templateId", "name", "owner") if (value := request.form.get(name, "").strip())}
    if forms.is_only_saving():
        return _start_form(fields.get("templateId", ""))
    linked = request.form.getlist("linkedPartnershipIds")
    try:
        made = api_client.send(
            "runs",
            "POST",
            RUNS,
            fields | ({"linkedPartnershipIds": linked} if linked else {}),
            key=request.form.get("key"),
        )
    except (Conflict, Invalid) as error:
        return _start_form(fields.get("templateId", ""), error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/runs/{made['id']}", f"“{made['name']}” has begun.")


def every_template() -> list[dict[str, Any]]:
    """The built-in templates and the tenant's own."""
    return api_client.every("runs", TEMPLATES)


def _start_form(template_id: str, error: TandemError | None = None) -> str:
    if not template_id:
        raise NotFound("There is no such template.")
    return render_template(
        "runs/start.html",
        template=api_client.get("runs", f"{TEMPLATES}/{template_id}"),
        owners=customers.owners(),
        owner=request.form.get("owner") or callers.by().id,
        linked=request.values.getlist("linkedPartnershipIds"),
        key=ids.new_id(),
        form=request.form,
        errors=forms.by_field(error.errors) if isinstance(error, Invalid) else {},
        problem=failures.problem_of(error) if error else None,
    )
