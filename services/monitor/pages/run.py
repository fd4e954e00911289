"""The page of one run: where it stands, its steps over time, what went wrong, and retry and cancel."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import controlling, reporting, rights
from services.monitor.models.runs import Run
from services.monitor.pages import addresses, asking, customers, failures, frame, saying, spans, wording
from services.monitor.schemas import RunDetailSchema, RunSchema, StepSchema
from shared import clock, web
from shared.acts import By
from shared.errors import Conflict, NotFound, TandemError, Unavailable

MOST_OTHERS = 5
MOST_NAMED = 5
UNDER_WAY = ("failed", "waiting", "running", "queued")
PAGES_OF_WORK = {"workflow_execution": "/app/renewals/{}", "guided_run": "/app/runs/{}"}
"""Where the work behind a run is done, by kind."""

blueprint = frame.room("run", __name__)


@blueprint.get("/app/monitor/runs/<run_id>")
@web.needs("member")
def show(run_id: str) -> Any:
    """The whole page. `?open=` unfolds a step, for browsers without script."""
    by = web.by()
    known = picture(by, run_id)
    others = [RunSchema().dump(row) for row in reporting.beside(rights.reach(by), run_id, MOST_OTHERS)]
    detail = next((step for step in known["steps"] if step["id"] == request.args.get("open")), None)
    return render_template(
        "monitor/run.html",
        others=others,
        open_step=detail and detail["id"],
        detail=detail,
        stream=addresses.stream(view="run", id=run_id, was=known["run"]["status"], open=detail and detail["id"]),
        **known,
    )


@blueprint.get("/app/monitor/runs/<run_id>/steps/<step_id>")
@web.needs("member")
def step(run_id: str, step_id: str) -> Any:
    """One step's input, output, attempts and effects, fetched when it is unfolded."""
    return render_template("monitor/step_detail.html", detail=step_of(web.by(), run_id, step_id), run={"id": run_id})


@blueprint.get("/app/monitor/runs/<run_id>/retry")
@web.needs("member")
def ask_retry(run_id: str) -> Any:
    """What a retry would do, before it is done."""
    return _retry_form(run_id, request.args.get("from_step"))


@blueprint.post("/app/monitor/runs/<run_id>/retry")
@web.needs("member")
def retry(run_id: str) -> Any:
    """Try it again, and go to the run that does."""
    from_step = request.form.get("from_step") or None
    try:
        answer = controlling.retry(run_id, by=web.by(), from_step=from_step)
    except Conflict as error:
        return _retry_form(run_id, from_step, error), 409
    return saying.go(f"/app/monitor/runs/{answer.get('newRunId') or run_id}", "It is tried again.")


@blueprint.get("/app/monitor/runs/<run_id>/cancel")
@web.needs("member")
def ask_cancel(run_id: str) -> Any:
    """What a cancel would stop."""
    return _cancel_form(run_id)


@blueprint.post("/app/monitor/runs/<run_id>/cancel")
@web.needs("member")
def cancel(run_id: str) -> Any:
    """Stop it."""
    try:
        controlling.cancel(run_id, by=web.by())
    except Conflict as error:
        return _cancel_form(run_id, error), 409
    return saying.go(f"/app/monitor/runs/{run_id}", "It is being cancelled.")


def picture(by: By, run_id: str) -> dict[str, Any]:
    """All that the parts of the page are rendered from, the live ones too. NotFound when there is no such run."""
    payloads = by.may(rights.SEES_PAYLOADS)
    run: dict[str, Any] = RunDetailSchema().dump(reporting.run(rights.reach(by), run_id, payloads=payloads))
    steps: list[dict[str, Any]] = StepSchema(many=True).dump(
        reporting.steps(rights.reach(by), run_id, payloads=payloads)
    )
    failed = next((step for step in steps if step["status"] == "failed"), None)
    now_at = next((step for status in UNDER_WAY for step in steps if step["status"] == status), None)
    return {
        "failed_step": failed,
        "run": run,
        "steps": steps,
        "step_now": now_at and now_at["id"],
        "sentence": sentence(run, failed["name"] if failed else None),
        "spans_of": spans.layout(run, steps, clock.now()),
        "owner": customers.owners(by).get(run["owner"], run["owner"]),
        "page_of_work": PAGES_OF_WORK.get(run["kind"], "").format(run_id),
    }


def sentence(run: dict[str, Any], failed: str | None) -> str:
    """Where the run stands, in one plain line."""
    at = f"“{run['currentStep']}”" if run["currentStep"] else ""
    return {
        "queued": "It has not begun yet.",
        "running": f"At {at}." if at else "It is going on by itself.",
        "waiting": f"A person is needed at {at}." if at else "A person has something to do.",
        "completed": "All of it is done.",
        "failed": f"“{failed}” failed." if failed else "A part of it failed.",
        "cancelled": "A person stopped it.",
    }.get(run["status"], "")


def step_of(by: By, run_id: str, step_id: str) -> dict[str, Any]:
    """One step of a run, as far as this person may see it. NotFound when the run has none of this id."""
    steps = StepSchema(many=True).dump(reporting.steps(rights.reach(by), run_id, payloads=by.may(rights.SEES_PAYLOADS)))
    found = next((one for one in steps if one["id"] == step_id), None)
    if found is None:
        raise NotFound("The run has no such step.")
    return found


def _row(run_id: str) -> Run:
    return reporting.row(rights.reach(web.by()), run_id)


def _retry_form(run_id: str, from_step: str | None, error: TandemError | None = None) -> str:
    run, plan, away = _row(run_id), None, None
    try:
        plan = controlling.retry(run_id, by=web.by(), from_step=from_step, dry_run=True).get("plan")
    except Unavailable as unavailable:
        away = asking.Away(str(unavailable.details.get("service", "the owner")), "")
    except Conflict as conflict:
        error = error or conflict
    problem = failures.problem_of(error) if error else None
    return render_template(
        "monitor/retry.html", run=RunSchema().dump(run), plan=plan, away=away, from_step=from_step, problem=problem
    )


def _cancel_form(run_id: str, error: TandemError | None = None) -> str:
    run = RunSchema().dump(_row(run_id))
    steps = reporting.steps(rights.reach(web.by()), run_id, payloads=False)
    left = [step.name for step in steps if wording.look(step.status).colour in ("queued", "running", "waiting")]
    problem = failures.problem_of(error) if error else None
    return render_template(
        "monitor/cancel.html", run=run, open_steps=len(left), open_steps_named=left[:MOST_NAMED], problem=problem
    )
