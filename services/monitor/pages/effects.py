"""Settling a change outside whose outcome is unknown: an operator looks there and says so, with a reason."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import asking, failures, forms, frame, run, saying
from shared import web
from shared.errors import Conflict, Invalid, NotFound

blueprint = frame.room("effects", __name__)

ADDRESS = "/app/monitor/runs/<run_id>/steps/<step_id>/effects/<path:name>"


@blueprint.get(ADDRESS)
@web.needs("operator")
def ask(run_id: str, step_id: str, name: str) -> Any:
    """What there is to settle."""
    return _form(run_id, step_id, name)


@blueprint.post(ADDRESS)
@web.needs("operator")
def resolve(run_id: str, step_id: str, name: str) -> Any:
    """Write down what was found outside; then the task can be retried."""
    step, _ = _unsettled(run_id, step_id, name)
    told = {"happened": request.form.get("happened") == "yes", "reason": request.form.get("reason", "").strip()}
    errors = {} if request.form.get("happened") in ("yes", "no") else {"happened": ["Say which of the two it is."]}
    errors |= {} if told["reason"] else {"reason": ["Say how you know."]}
    if errors:
        return _form(run_id, step_id, name, errors=errors), 422
    try:
        asking.send("executor", "POST", f"/api/ai-tasks/{step['taskId']}/effects/{name}/resolve", told)
    except Invalid as error:
        return _form(run_id, step_id, name, errors=forms.by_field(error.errors)), 422
    except Conflict as error:
        return _form(run_id, step_id, name, problem=failures.problem_of(error)), 409
    return saying.go(
        f"/app/monitor/runs/{run_id}?open={step_id}", "It is settled; what failed because of it can be retried."
    )


def _unsettled(run_id: str, step_id: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    step = run.step_of(web.by(), run_id, step_id)
    effect = next((one for one in step["effects"] if one["name"] == name), None)
    if effect is None:
        raise NotFound("The step has no such change outside.")
    return step, effect


def _form(run_id: str, step_id: str, name: str, **more: Any) -> str:
    step, effect = _unsettled(run_id, step_id, name)
    told: dict[str, Any] = {"form": request.form, **more}
    return render_template("monitor/resolve.html", run={"id": run_id}, step=step, effect=effect, **told)
