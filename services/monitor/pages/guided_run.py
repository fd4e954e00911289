"""The page of a guided run, and what is done with the run as a whole: pausing, assigning, completing, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    call_times,
    customers,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    questions,
    urls,
)
from services.monitor.pages.guided_runs import RUNS
from services.monitor.pages.questions import Question
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError, Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("guided_run", __name__)

MOST_LINKED = 10

RUN_MOVES = {
    "pause": ({"status": "paused"}, "Paused. Nothing in it can be done before it is resumed."),
    "resume": ({"status": "in_progress"}, "It goes on."),
    "cancel": ({"status": "cancelled"}, "Cancelled. What was done in it stays done."),
}


@blueprint.get("/app/runs/<run_id>")
@callers.needs("member")
def show(run_id: str) -> Any:
    """The work page of one guided run; `row` and `at` are a typed time for the call of a row."""
    proposed = call_times.proposed(run_id, request.args.get("row", ""), request.args.get("at", ""))
    by = callers.by()
    run = early_frame.asked_first(lambda: find(by, run_id))
    return early_frame.page(run["name"], lambda: page(run_id, run, proposed=proposed))


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/shown")
@callers.needs("member")
def shown(run_id: str, step_id: str) -> Any:
    """The rows of a step that is not in progress, read-only."""
    by = callers.by()
    run, data = find(by, run_id), _data(by, run_id, step_id)
    step = step_of(run, step_id)
    return render_template("runs/shown.html", run=run, step=step, data=data, owners=customers.owners())


@blueprint.post("/app/runs/<run_id>/<any(pause, resume, cancel):move>")
@callers.needs("member")
def move_run(run_id: str, move: str) -> Any:
    """Pause, resume or cancel the run."""
    body, said = RUN_MOVES[move]
    reason = request.form.get("reason", "").strip()
    api_client.send(
        "runs",
        "PATCH",
        f"{RUNS}/{run_id}",
        body | ({"reason": reason} if reason else {}),
        version=request.form.get("version"),
    )
    return flash.redirect_to(f"/app/runs/{run_id}", said)


@blueprint.get("/app/runs/<run_id>/cancel")
@callers.needs("member")
def ask_cancel(run_id: str) -> Any:
    """The page that asks for confirmation before the run is cancelled."""
    run = find(callers.by(), run_id)
    question = Question(
        crumb=("Runs", "/app/runs"),
        title=f"Cancel “{run['name']}”?",
        text="It ends here and cannot be taken up again. Mails that were sent, stages that were changed and "
        "calls that were booked stay as they are.",
        button="Cancel the run",
        action=f"/app/runs/{run_id}/cancel",
        back=f"/app/runs/{run_id}",
        danger=True,
        with_reason=True,
        version=run["version"],
    )
    return questions.render(question)


@blueprint.get("/app/runs/<run_id>/complete")
@callers.needs("member")
def ask_complete(run_id: str) -> Any:
    """The form for completing the run, with an outcome drafted from its results."""
    return _complete_form(run_id)


@blueprint.post("/app/runs/<run_id>/complete")
@callers.needs("member")
def complete(run_id: str) -> Any:
    """Complete the run with its outcome."""
    fields = {"outcome": request.form.get("outcome", "").strip()}
    try:
        api_client.send("runs", "POST", f"{RUNS}/{run_id}/complete", fields, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        return _complete_form(run_id, error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/runs/{run_id}", "Completed.")


@blueprint.get("/app/runs/<run_id>/assign")
@callers.needs("member")
def ask_assign(run_id: str) -> Any:
    """The form for assigning the run to a person, or one step to a person or nobody."""
    run = find(callers.by(), run_id)
    step_id = request.args.get("step_id", "")
    step = step_of(run, step_id) if step_id else None
    return render_template("runs/assign.html", run=run, step=step, owners=customers.owners())


@blueprint.post("/app/runs/<run_id>/assign")
@callers.needs("member")
def assign(run_id: str) -> Any:
    """Assign the run to a person, or one step to a person or nobody; the run goes on."""
    fields: JsonObject = {"owner": request.form.get("owner") or None}
    if reason := request.form.get("reason", "").strip():
        fields["reason"] = reason
    step_id = request.form.get("step_id")
    path = f"{RUNS}/{run_id}/steps/{step_id}" if step_id else f"{RUNS}/{run_id}"
    api_client.send("runs", "PATCH", path, fields, version=request.form.get("version"))
    return flash.redirect_to(
        f"/app/runs/{run_id}", f"{customers.owners().get(fields['owner'] or '', 'Nobody')} has it now."
    )


def page(run_id: str, run: JsonObject | None = None, **more: Any) -> str:
    """The work page of a run, which may have been read already; with the error of one of its forms if there is one."""
    context = template_context(callers.by(), run_id, run)
    return render_template("runs/run.html", stream=urls.stream(view="guided", id=run_id), **(context | more))


def template_context(by: Principal, run_id: str, run: JsonObject | None = None) -> dict[str, Any]:
    """The variables of the page, also for its live parts. NotFound, and Unavailable when runs does not answer for the
    run or the rows of a step; the lists beside the run may be empty."""
    run = run or find(by, run_id)
    linked = _linked(by, run["linkedPartnershipIds"])
    return {
        "run": run,
        "steps": run["steps"],
        "step_options": [(step["id"], step["title"]) for step in run["steps"]],
        "step_next": _next(run["steps"]),
        "data": {step["id"]: _data(by, run_id, step["id"]) for step in run["steps"] if step["status"] == "in_progress"},
        "owners": customers.owners(by),
        "comments": _optional(lambda: api_client.every("runs", f"{RUNS}/{run_id}/comments", by)),
        "log": _optional(lambda: api_client.get("runs", f"{RUNS}/{run_id}/activity", by, limit=50)["items"]),
        "partnerships": linked,
        "more_partnerships": max(0, len(run["linkedPartnershipIds"]) - MOST_LINKED),
        "about": [(partnership["id"], partnership["name"]) for partnership in linked],
        "key": ids.new_id(),
        "trouble": None,
        "proposed": None,
        "comment_errors": {},
    }


def step_of(run: JsonObject, step_id: str) -> JsonObject:
    """The step of this id. NotFound when the run has none."""
    step = next((step for step in run["steps"] if step["id"] == step_id), None)
    if step is None:
        raise NotFound("The run has no such step.")
    return step


def find(by: Principal, run_id: str) -> JsonObject:
    """The run. NotFound."""
    return api_client.get("runs", f"{RUNS}/{run_id}", by)


def _next(steps: list[JsonObject]) -> str | None:
    """The step to begin next: the first pending one, if none is in progress."""
    if any(step["status"] == "in_progress" for step in steps):
        return None
    return next((step["id"] for step in steps if step["status"] == "pending"), None)


def _data(by: Principal, run_id: str, step_id: str) -> JsonObject:
    return api_client.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/data", by)


def _linked(by: Principal, partnership_ids: list[str]) -> list[JsonObject]:
    """The first MOST_LINKED linked partnerships, without those that were deleted or cannot be read now."""
    linked = (_partnership(by, partnership_id) for partnership_id in partnership_ids[:MOST_LINKED])
    return [partnership for partnership in linked if partnership]


def _partnership(by: Principal, partnership_id: str) -> JsonObject | None:
    try:
        return api_client.get("runs", f"/api/partnerships/{partnership_id}", by)
    except (NotFound, Unavailable):
        return None


def _optional(question: Callable[[], list[JsonObject]]) -> list[JsonObject]:
    """The answer, or an empty list while the service does not answer."""
    rows: list[JsonObject] = api_client.optional("", question, [])[0]
    return rows


def _complete_form(run_id: str, error: TandemError | None = None) -> str:
    run = find(callers.by(), run_id)
    return render_template(
        "runs/complete.html",
        run=run,
        version=forms.version(run["version"], error),
        form=request.form,
        errors=forms.by_field(error.errors) if error else {},
        problem=failures.problem_of(error) if error else None,
    )
