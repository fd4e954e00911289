"""The page on which a guided run is worked through: its steps, what each shows, who said what, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, failures, forms, frame, saying
from services.monitor.pages.guided_runs import RUNS
from shared import ids, web
from shared.acts import By
from shared.errors import Conflict, Invalid, Stale, TandemError, Unavailable

blueprint = frame.room("guided_run", __name__)

RUN_MOVES = {
    "pause": ({"status": "paused"}, "Paused. Nothing in it can be done before it is resumed."),
    "resume": ({"status": "in_progress"}, "It goes on."),
    "cancel": ({"status": "cancelled"}, "Cancelled. What was done in it stays done."),
}


@blueprint.get("/app/runs/<run_id>")
@web.needs("member")
def show(run_id: str) -> Any:
    """The work page of one guided run."""
    return page(run_id)


@blueprint.get("/app/runs/<run_id>/steps/<step_id>/shown")
@web.needs("member")
def shown(run_id: str, step_id: str) -> Any:
    """What a step showed, or would show: for reading."""
    known = {"run": _run(web.by(), run_id), "owners": customers.owners()}
    step = _step_of(known["run"], step_id)
    return render_template("runs/shown.html", step=step, data=_data(web.by(), run_id, step_id), **known)


@blueprint.post("/app/runs/<run_id>/<any(pause, resume, cancel):move>")
@web.needs("member")
def move_run(run_id: str, move: str) -> Any:
    """Pause, resume or cancel the run."""
    body, said = RUN_MOVES[move]
    reason = request.form.get("reason", "").strip()
    asking.send(
        "runs",
        "PATCH",
        f"{RUNS}/{run_id}",
        body | ({"reason": reason} if reason else {}),
        version=request.form.get("version"),
    )
    return saying.go(f"/app/runs/{run_id}", said)


@blueprint.get("/app/runs/<run_id>/cancel")
@web.needs("member")
def ask_cancel(run_id: str) -> Any:
    """What cancelling means."""
    run = _run(web.by(), run_id)
    ask = {
        "title": f"Cancel “{run['name']}”?",
        "text": "It ends here and cannot be taken up again. Mails that were sent, stages that were changed and "
        "calls that were booked stay as they are.",
        "button": "Cancel the run",
        "action": f"/app/runs/{run_id}/cancel",
        "back": f"/app/runs/{run_id}",
        "danger": True,
        "with_reason": True,
        "version": run["version"],
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.get("/app/runs/<run_id>/complete")
@web.needs("member")
def ask_complete(run_id: str) -> Any:
    """The outcome, drafted from the results, for the person to put into words."""
    return _complete_form(run_id)


@blueprint.post("/app/runs/<run_id>/complete")
@web.needs("member")
def complete(run_id: str) -> Any:
    """Complete the run with its outcome."""
    told = {"outcome": request.form.get("outcome", "").strip()}
    try:
        asking.send("runs", "POST", f"{RUNS}/{run_id}/complete", told, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        return _complete_form(run_id, error), 409
    return saying.go(f"/app/runs/{run_id}", "Completed.")


@blueprint.get("/app/runs/<run_id>/assign")
@web.needs("member")
def ask_assign(run_id: str) -> Any:
    """Who takes the run, or one step of it, over."""
    run = _run(web.by(), run_id)
    step_id = request.args.get("step_id", "")
    step = _step_of(run, step_id) if step_id else None
    return render_template("runs/assign.html", run=run, step=step, owners=customers.owners())


@blueprint.post("/app/runs/<run_id>/assign")
@web.needs("member")
def assign(run_id: str) -> Any:
    """Hand the run, or one step, to somebody, without stopping it."""
    told: dict[str, Any] = {"owner": request.form.get("owner") or None}
    if reason := request.form.get("reason", "").strip():
        told["reason"] = reason
    step_id = request.form.get("step_id")
    path = f"{RUNS}/{run_id}/steps/{step_id}" if step_id else f"{RUNS}/{run_id}"
    asking.send("runs", "PATCH", path, told, version=request.form.get("version"))
    return saying.go(f"/app/runs/{run_id}", f"{customers.owners().get(told['owner'] or '', 'Nobody')} has it now.")


@blueprint.post("/app/runs/<run_id>/comments")
@web.needs("member")
def comment(run_id: str) -> Any:
    """Say something about the run or a step; whoever is mentioned is told."""
    told = {name: value for name in ("body", "stepId") if (value := request.form.get(name, "").strip())}
    try:
        asking.send("runs", "POST", f"{RUNS}/{run_id}/comments", told, key=request.form.get("key"))
    except Invalid as error:
        return page(run_id, comment_errors=forms.by_field(error.errors), form=request.form.to_dict()), 422
    return saying.go(f"/app/runs/{run_id}")


@blueprint.post("/app/runs/<run_id>/comments/<comment_id>/delete")
@web.needs("member")
def uncomment(run_id: str, comment_id: str) -> Any:
    """Take one's own comment back."""
    asking.send("runs", "DELETE", f"{RUNS}/{run_id}/comments/{comment_id}")
    return saying.go(f"/app/runs/{run_id}")


@blueprint.get("/app/runs/<run_id>/take-template")
@web.needs("member")
def ask_take_template(run_id: str) -> Any:
    """What a newer version of the template would change in this run."""
    changes = asking.get("runs", f"{RUNS}/{run_id}/template-changes")
    return render_template("runs/take_template.html", run=_run(web.by(), run_id), changes=changes)


@blueprint.post("/app/runs/<run_id>/take-template")
@web.needs("member")
def take_template(run_id: str) -> Any:
    """Take the newer version; finished steps stay as they are."""
    asking.send("runs", "POST", f"{RUNS}/{run_id}/take-template", {}, version=request.form.get("version"))
    return saying.go(f"/app/runs/{run_id}", "The steps that were not begun are now those of the newer version.")


@blueprint.get("/app/runs/<run_id>/save-as-template")
@web.needs("member")
def ask_save(run_id: str) -> Any:
    """A name for the template."""
    return render_template("runs/save.html", run=_run(web.by(), run_id))


@blueprint.post("/app/runs/<run_id>/save-as-template")
@web.needs("member")
def save(run_id: str) -> Any:
    """Keep the run's steps as a template of one's own."""
    told = {name: value for name in ("name", "description") if (value := request.form.get(name, "").strip())}
    try:
        made = asking.send("runs", "POST", f"{RUNS}/{run_id}/save-as-template", told)
    except (Conflict, Invalid) as error:
        errors = forms.by_field(error.errors) if isinstance(error, Invalid) else {}
        problem = None if errors else failures.problem_of(error)
        known = {"run": _run(web.by(), run_id), "errors": errors, "problem": problem}
        return render_template("runs/save.html", form=request.form, **known), 422
    return saying.go(f"/app/runs/{run_id}", f"“{made['name']}” is a template now.")


def page(run_id: str, **more: Any) -> str:
    """The work page, with what went wrong with a form of it."""
    known = picture(web.by(), run_id)
    return render_template("runs/run.html", stream=addresses.stream(view="guided", id=run_id), **(known | more))


def picture(by: By, run_id: str) -> dict[str, Any]:
    """All that the page is rendered from, its live parts too. The run must answer; what stands beside it may be missing."""
    run = _run(by, run_id)
    linked = _or_nothing(lambda: _linked(by, run["linkedPartnershipIds"]))
    return {
        "run": run,
        "steps": run["steps"],
        "step_options": [(step["id"], step["title"]) for step in run["steps"]],
        "step_next": _next(run["steps"]),
        "data": {step["id"]: _data(by, run_id, step["id"]) for step in run["steps"] if step["status"] == "in_progress"},
        "owners": customers.owners(by),
        "comments": _or_nothing(lambda: asking.get("runs", f"{RUNS}/{run_id}/comments", by, limit=100)["items"]),
        "log": _or_nothing(lambda: asking.get("runs", f"{RUNS}/{run_id}/activity", by, limit=50)["items"]),
        "partnerships": linked,
        "about": [(one["id"], one["name"]) for one in linked],
        "key": ids.new_id(),
        "trouble": None,
        "comment_errors": {},
    }


def _run(by: By, run_id: str) -> dict[str, Any]:
    return asking.get("runs", f"{RUNS}/{run_id}", by)


def _step_of(run: dict[str, Any], step_id: str) -> dict[str, Any]:
    return next((step for step in run["steps"] if step["id"] == step_id), run["steps"][0])


def _next(steps: list[dict[str, Any]]) -> str | None:
    """The step to begin with next: the first that is pending, when none is under way."""
    if any(step["status"] == "in_progress" for step in steps):
        return None
    return next((step["id"] for step in steps if step["status"] == "pending"), None)


def _data(by: By, run_id: str, step_id: str) -> dict[str, Any]:
    return asking.get("runs", f"{RUNS}/{run_id}/steps/{step_id}/data", by)


def _linked(by: By, partnership_ids: list[str]) -> list[dict[str, Any]]:
    return [asking.get("runs", f"/api/partnerships/{one}", by) for one in partnership_ids[:10]]


def _or_nothing(question: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    try:
        return question()
    except (Unavailable, TandemError):
        return []


def _complete_form(run_id: str, error: TandemError | None = None) -> str:
    return render_template(
        "runs/complete.html",
        run=_run(web.by(), run_id),
        form=request.form,
        problem=failures.problem_of(error) if error else None,
    )
