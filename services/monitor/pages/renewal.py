"""The page of one renewal, with its steps one after another and its plan; completes, skips and resets a step."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import reporting, tenant_scope
from services.monitor.pages import (
    api_client,
    customers,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    plan_view,
    questions,
    urls,
)
from services.monitor.pages.partials import Variables
from services.monitor.pages.questions import Question
from services.monitor.pages.renewals import EXECUTIONS
from shared.contracts import workflow_steps
from shared.contracts.stages import NAMES
from shared.ground.errors import Conflict, Invalid, NotFound
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("renewal", __name__)


@blueprint.get("/app/renewals/<execution_id>")
@callers.needs("member")
def show(execution_id: str) -> Any:
    """The work page of one renewal; with `item`, that item of its plan beside the others."""
    execution = early_frame.asked_first(lambda: api_client.get("workflows", f"{EXECUTIONS}/{execution_id}"))
    return early_frame.page(_title(execution), lambda: page(execution_id, request.args.get("item"), execution))


@blueprint.post("/app/renewals/<execution_id>/steps/<step_id>/complete")
@callers.needs("member")
def complete_step(execution_id: str, step_id: str) -> Any:
    """Complete a step: its output is computed and the next step opens."""
    filled = {name: value for name, value in request.form.items() if value and name != "version"}
    numbers = {name: forms.number(filled[name]) for name in workflow_steps.NUMBERS if name in filled}
    try:
        _step(execution_id, step_id, "complete", {"input": filled | numbers} if filled else {})
    except Invalid as error:
        return page(
            execution_id, form=request.form.to_dict(), errors=forms.by_field(error.errors)
        ), error_responses.status_of(error)
    except Conflict as error:
        return page(
            execution_id, problem=failures.problem_of(error), form=request.form.to_dict()
        ), error_responses.status_of(error)
    return flash.redirect_to(f"/app/renewals/{execution_id}")


STEP_MOVES = {
    "skip": (
        "Skip this step?",
        "Nothing is computed from it, and the plan says that it was skipped. It can be taken up again later.",
        "Skip it",
    ),
    "reset": (
        "Do this step again?",
        "Its output is thrown away, and with it what came after: later steps, and a draft of the plan.",
        "Do it again",
    ),
}


@blueprint.get("/app/renewals/<execution_id>/steps/<step_id>/<any(skip, reset):move>")
@callers.needs("member")
def ask_step_move(execution_id: str, step_id: str, move: str) -> Any:
    """The page that asks for confirmation before a step is skipped or reset."""
    title, text, button = STEP_MOVES[move]
    question = Question(
        crumb=("Renewals", "/app/renewals"),
        title=title,
        text=text,
        button=button,
        action=request.path,
        back=f"/app/renewals/{execution_id}",
        danger=move == "reset",
        version=request.args.get("version"),
    )
    return questions.render(question)


@blueprint.post("/app/renewals/<execution_id>/steps/<step_id>/<any(skip, reset):move>")
@callers.needs("member")
def step_move(execution_id: str, step_id: str, move: str) -> Any:
    """Skip or reset a step."""
    _step(execution_id, step_id, move)
    return flash.redirect_to(f"/app/renewals/{execution_id}")


def _step(execution_id: str, step_id: str, verb: str, body: JsonObject | None = None) -> None:
    address = f"{EXECUTIONS}/{execution_id}/steps/{step_id}/{verb}"
    api_client.send("workflows", "POST", address, body, version=request.form.get("version"))


def page(execution_id: str, item_id: str | None = None, execution: JsonObject | None = None, **more: Any) -> str:
    """The work page of an execution, which may have been read already; with the error of one of its forms if there is
    one."""
    context = template_context(callers.by(), execution_id, item_id, execution)
    stream = urls.stream(view="renewal", id=execution_id, item=item_id)
    return render_template("renewals/renewal.html", stream=stream, **(context | more))


def template_context(
    by: Principal, execution_id: str, item_id: str | None = None, execution: JsonObject | None = None
) -> Variables:
    """The variables of the page, also for its live parts. NotFound, and Unavailable when workflows does not answer for
    the execution or its plan; other parts may be missing."""
    execution = execution or api_client.get("workflows", f"{EXECUTIONS}/{execution_id}", by)
    customer, customer_away = api_client.optional(
        "The customer's facts are missing.",
        lambda: api_client.get("workflows", f"/api/customers/{execution['customerId']}", by),
        None,
    )
    steps = execution["steps"]
    step_now = (
        next((step["id"] for step in steps if step["status"] not in workflow_steps.DONE), None)
        if execution["status"] == "in_progress"
        else None
    )
    plan = plan_view.template_context(by, execution, item_id)
    last_done = [step["id"] for step in steps if step["status"] == "completed" and step.get("output")][-1:]
    return {
        "title": _title(execution),
        "execution": execution,
        "customer": customer,
        "customer_away": customer_away,
        "steps": steps,
        "step_now": step_now,
        "step_open": last_done[0] if last_done and not plan["plan"] else None,
        "does": dict(workflow_steps.COMPUTED_STEPS),
        "owner": _owner(by, execution),
        "run_status": plan_view.status(_run_status(by, execution), plan),
        "others": _others(by, execution_id),
        **plan,
    }


def _title(execution: JsonObject) -> str:
    stage = NAMES.get(execution["stage"], execution["stage"])
    return execution["workflowName"] or f"{stage}: {execution['customerName']}"


def _run_status(by: Principal, execution: JsonObject) -> str:
    """The run's status in the read model; the owner's status while it is not stored there."""
    try:
        return reporting.row(tenant_scope.reach(by), execution["id"]).status
    except NotFound:
        return execution["status"]


def _owner(by: Principal, execution: JsonObject) -> str | None:
    return customers.owners(by).get(execution.get("owner") or "", execution.get("owner"))


def _others(by: Principal, execution_id: str) -> list[JsonObject]:
    try:
        return [row.as_row() for row in reporting.beside(tenant_scope.reach(by), execution_id)]
    except NotFound:
        return []
