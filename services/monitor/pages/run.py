"""The page of one run: its status, its steps over time, its error, and retry and cancel."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import render_template, request

from services.monitor import controlling, reporting, run_kinds, run_origins, states, tenant_scope
from services.monitor.models.runs import Run
from services.monitor.pages import (
    api_client,
    audited,
    customers,
    failures,
    flash,
    forms,
    frame,
    status_style,
    timeline,
    urls,
    wording,
)
from services.monitor.pages.partials import Variables
from services.monitor.run_origins import About
from services.monitor.schemas.acts import ActSchema
from services.monitor.schemas.runs import RunDetailSchema, RunSchema, StepSchema
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid, NotFound, TandemError, Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers, error_responses

MOST_OTHERS = 5
MOST_NAMED = 5

blueprint = frame.page_blueprint("run", __name__)


@blueprint.get("/app/monitor/runs/<run_id>")
@callers.needs("member")
def show(run_id: str) -> Any:
    """The page of a run. `?open=` unfolds a step, for browsers without JavaScript."""
    by = callers.by()
    try:
        context = template_context(by, run_id)
    except NotFound as error:
        raise _perhaps_later(error) from None
    others = [RunSchema().dump(row) for row in reporting.beside(tenant_scope.reach(by), run_id, MOST_OTHERS)]
    unfolded = request.args.get("open") or _only_failed(context["steps"])
    detail = next((step for step in context["steps"] if step["id"] == unfolded), None)
    return render_template(
        "monitor/run.html",
        others=others,
        open_step=detail and detail["id"],
        detail=detail,
        stream=urls.stream(view="run", id=run_id, was=context["run"]["status"], open=detail and detail["id"]),
        **context,
    )


def _only_failed(steps: list[JsonObject]) -> str | None:
    """The step of a run that is nothing but this step, if it failed: its input is what one comes for."""
    return steps[0]["id"] if len(steps) == 1 and steps[0]["status"] == states.FAILED else None


@blueprint.get("/app/monitor/runs/<run_id>/steps/<step_id>")
@callers.needs("member")
def step(run_id: str, step_id: str) -> Any:
    """A step's input, output, attempts and effects, fetched when it is unfolded."""
    return render_template(
        "monitor/step_detail.html", detail=step_of(callers.by(), run_id, step_id), run={"id": run_id}
    )


@blueprint.get("/app/monitor/runs/<run_id>/retry")
@callers.needs("member")
def ask_retry(run_id: str) -> Any:
    """The page that asks for confirmation before a retry, with what it would run."""
    return _retry_form(run_id, request.args.get("from_step"))


@blueprint.post("/app/monitor/runs/<run_id>/retry")
@callers.needs("member")
def retry(run_id: str) -> Any:
    """Retry the run, and go to the new one."""
    from_step = request.form.get("from_step") or None
    try:
        answer = controlling.retry(run_id, by=callers.by(), from_step=from_step)
    except Conflict as error:
        return _retry_form(run_id, from_step, error), 409
    new = answer.get("newRunId") or run_id
    return flash.redirect_to(urls.back(f"/app/monitor/runs/{new}"), "It is tried again.")


@blueprint.get("/app/monitor/runs/<run_id>/cancel")
@callers.needs("member")
def ask_cancel(run_id: str) -> Any:
    """The page that asks for confirmation before the run is cancelled, with the steps that are still open."""
    return _cancel_form(run_id)


@blueprint.post("/app/monitor/runs/<run_id>/cancel")
@callers.needs("member")
def cancel(run_id: str) -> Any:
    """Cancel the run."""
    if forms.is_only_saving():
        return _cancel_form(run_id)
    reason = request.form.get("reason", "").strip() or None
    try:
        controlling.cancel(run_id, by=callers.by(), reason=reason)
    except (Conflict, Invalid) as error:
        return _cancel_form(run_id, error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/monitor/runs/{run_id}", "It is being cancelled.")


@blueprint.post("/app/monitor/runs/<run_id>/attempt")
@callers.needs("member")
def attempt(run_id: str) -> Any:
    """Make the next attempt of an AI task at once, and go back to the run in which it is a step."""
    controlling.attempt_now(run_id, by=callers.by())
    return flash.redirect_to(urls.back(f"/app/monitor/runs/{run_id}"), "The next attempt begins now.")


def template_context(by: Principal, run_id: str) -> Variables:
    """The variables of the page, also for its live parts. NotFound when there is no such run."""
    payloads = by.sees_payloads
    run: JsonObject = RunDetailSchema().dump(reporting.run(tenant_scope.reach(by), run_id, payloads=payloads))
    steps: list[JsonObject] = StepSchema(many=True).dump(
        reporting.steps(tenant_scope.reach(by), run_id, payloads=payloads)
    )
    failed = next((step for step in steps if step["status"] == "failed"), None)
    now_at = next((step for status in states.UNDER_WAY for step in steps if step["status"] == status), None)
    again = reporting.retry_of(tenant_scope.reach(by), run_id)
    origin = run_origins.origin(tenant_scope.reach(by), run_id)
    return {
        "failed_step": failed,
        "failed_steps": [step for step in steps if step["status"] == states.FAILED],
        "subject": _subject(origin.about) if run["tenantId"] == by.tenant_id else None,
        "source": audited.source_of(origin.source),
        "asked_by": origin.asked_by and RunSchema().dump(origin.asked_by),
        "again": again and RunSchema().dump(again),
        "stopped": _stopped(by, run),
        "run": run,
        "steps": steps,
        "step_now": now_at and now_at["id"],
        "trying_again": next((step for step in steps if step["nextAttemptAt"]), None),
        "sentence": sentence(run, failed["name"] if failed else None),
        "bars_of": timeline.layout(run, steps, clock.now()),
        "owner": customers.owners(by).get(run["owner"], run["owner"]),
        "page_of_work": run_kinds.named(run["kind"]).work_page.format(run_id),
    }


def _subject(about: About | None) -> JsonObject | None:
    """What the run is about, with the link to its page."""
    if about is None:
        return None
    href = audited.PAGES[about.kind].format(quote(about.id, safe=""))
    return {"label": wording.words(about.kind), "name": about.name, "href": href}


def _stopped(by: Principal, run: JsonObject) -> JsonObject | None:
    """Who cancelled a cancelled run, when and why, as far as the audit trail has it."""
    if run["status"] != states.CANCELLED:
        return None
    act = reporting.cancelled_by(tenant_scope.reach(by), run["id"])
    return ActSchema().dump(act) if act else None


def _perhaps_later(error: NotFound) -> NotFound:
    """The error, with a remark that the run may not have arrived yet if the monitor is behind."""
    lag = frame.live_mark().lag
    return NotFound(f"{error.message} Or it has not come here yet: {lag}. Try again in a moment.") if lag else error


def sentence(run: JsonObject, failed: str | None) -> str:
    """A sentence on the status of the run."""
    at = f"“{run['currentStep']}”" if run["currentStep"] else ""
    return {
        "queued": "It has not begun yet.",
        "running": f"At {at}." if at else "It is going on by itself.",
        "waiting": f"A person is needed at {at}." if at else "A person has something to do.",
        "completed": "All of it is done.",
        "failed": f"“{failed}” failed." if failed else "A part of it failed.",
        "cancelled": "It was stopped.",
    }.get(run["status"], "")


def step_of(by: Principal, run_id: str, step_id: str) -> JsonObject:
    """One step of a run, without what this person may not see. NotFound when the run has no step of this id."""
    steps = StepSchema(many=True).dump(reporting.steps(tenant_scope.reach(by), run_id, payloads=by.sees_payloads))
    wanted: JsonObject | None = next((step for step in steps if step["id"] == step_id), None)
    if wanted is None:
        raise NotFound("The run has no such step.")
    return wanted


def _row(run_id: str) -> Run:
    return reporting.row(tenant_scope.reach(callers.by()), run_id)


def _retry_form(run_id: str, from_step: str | None, error: TandemError | None = None) -> str:
    run, plan, away = _row(run_id), None, None
    try:
        plan = controlling.retry(run_id, by=callers.by(), from_step=from_step, dry_run=True).get("plan")
    except Unavailable as unavailable:
        away = api_client.service_down(unavailable)
    except Conflict as conflict:
        error = error or conflict
    problem = failures.problem_of(error) if error else None
    return render_template(
        "monitor/retry.html",
        run=RunSchema().dump(run),
        plan=plan,
        away=away,
        from_step=from_step,
        problem=problem,
        back=urls.back(""),
    )


def _cancel_form(run_id: str, error: TandemError | None = None) -> str:
    run = RunSchema().dump(_row(run_id))
    steps = reporting.steps(tenant_scope.reach(callers.by()), run_id, payloads=False)
    left = [step.name for step in steps if status_style.of(step.status).colour in ("queued", "running", "waiting")]
    problem = failures.problem_of(error) if error else None
    return render_template(
        "monitor/cancel.html",
        run=run,
        open_steps=len(left),
        open_steps_named=left[:MOST_NAMED],
        problem=problem,
        form=request.form,
        errors=forms.by_field(error.errors) if error else {},
    )
