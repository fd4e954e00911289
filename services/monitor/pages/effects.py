"""Lets an operator resolve an effect with an unknown outcome: they check the external system and record what happened,
with a reason."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, failures, flash, forms, frame, run
from shared.ground.errors import Conflict, Invalid, NotFound
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("effects", __name__)

ADDRESS = "/app/monitor/runs/<run_id>/steps/<step_id>/effects/<path:name>"


@blueprint.get(ADDRESS)
@callers.needs("operator")
def ask(run_id: str, step_id: str, name: str) -> Any:
    """The form for resolving an effect whose outcome is unknown."""
    return _form(run_id, step_id, name)


@blueprint.post(ADDRESS)
@callers.needs("operator")
def resolve(run_id: str, step_id: str, name: str) -> Any:
    """Record what the operator found in the external system; then the task can be retried."""
    step, _ = _unsettled(run_id, step_id, name)
    fields = {"happened": request.form.get("happened") == "yes", "reason": request.form.get("reason", "").strip()}
    errors = {} if request.form.get("happened") in ("yes", "no") else {"happened": ["Say which of the two it is."]}
    errors |= {} if fields["reason"] else {"reason": ["Say how you know."]}
    if errors:
        return _form(run_id, step_id, name, errors=errors), 422
    try:
        api_client.send("executor", "POST", f"/api/ai-tasks/{step['taskId']}/effects/{name}/resolve", fields)
    except Invalid as error:
        return _form(run_id, step_id, name, errors=forms.by_field(error.errors)), error_responses.status_of(error)
    except Conflict as error:
        return _form(run_id, step_id, name, problem=failures.problem_of(error)), error_responses.status_of(error)
    return flash.redirect_to(
        f"/app/monitor/runs/{run_id}?open={step_id}", "It is settled; what failed because of it can be retried."
    )


def _unsettled(run_id: str, step_id: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    step = run.step_of(callers.by(), run_id, step_id)
    effect = next((effect for effect in step["effects"] if effect["name"] == name), None)
    if effect is None:
        raise NotFound("The step has no such change outside.")
    return step, effect


def _form(run_id: str, step_id: str, name: str, **more: Any) -> str:
    step, effect = _unsettled(run_id, step_id, name)
    context: dict[str, Any] = {"form": request.form, **more}
    return render_template("monitor/resolve.html", run={"id": run_id}, step=step, effect=effect, **context)
