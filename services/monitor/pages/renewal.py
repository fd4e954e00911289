"""The page on which one renewal is worked through, step by step."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import reporting, rights
from services.monitor.pages import addresses, asking, customers, failures, forms, frame, plan_view, saying
from services.monitor.pages.renewals import EXECUTIONS, definitions
from shared import web
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound

DOES = {
    "contract_analysis": "Read the contracts",
    "pricing": "Compute the price",
    "stakeholders": "Map the stakeholders",
    "recommendations": "Draw the recommendations",
}
"""What the button of a step without a form says, by kind."""

STEP_DONE = ("completed", "skipped")

blueprint = frame.room("renewal", __name__)


@blueprint.get("/app/renewals/<execution_id>")
@web.needs("member")
def show(execution_id: str) -> Any:
    """The work page of one renewal."""
    return page(execution_id)


@blueprint.post("/app/renewals/<execution_id>/steps/<step_id>/complete")
@web.needs("member")
def complete_step(execution_id: str, step_id: str) -> Any:
    """Complete a step; its output is computed and the next one opens."""
    scores = {
        name: forms.number(request.form.get(name))
        for name in ("relationshipScore", "confidenceScore")
        if request.form.get(name)
    }
    notes = {"notes": request.form["notes"]} if request.form.get("notes") else {}
    body = {"input": scores | notes} if scores or notes else {}
    try:
        _step(execution_id, step_id, "complete", body)
    except Invalid as error:
        return page(execution_id, form=request.form.to_dict(), errors=forms.by_field(error.errors)), 422
    except Conflict as error:
        return page(execution_id, problem=failures.problem_of(error), form=request.form.to_dict()), 409
    return saying.go(f"/app/renewals/{execution_id}")


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
@web.needs("member")
def ask_step_move(execution_id: str, step_id: str, move: str) -> Any:
    """What skipping or resetting means."""
    title, text, button = STEP_MOVES[move]
    ask = {
        "title": title,
        "text": text,
        "button": button,
        "action": request.path,
        "back": f"/app/renewals/{execution_id}",
        "danger": move == "reset",
        "version": request.args.get("version"),
    }
    return render_template("renewals/with_reason.html", ask=ask)


@blueprint.post("/app/renewals/<execution_id>/steps/<step_id>/<any(skip, reset):move>")
@web.needs("member")
def step_move(execution_id: str, step_id: str, move: str) -> Any:
    """Skip or reset a step."""
    _step(execution_id, step_id, move)
    return saying.go(f"/app/renewals/{execution_id}")


def _step(execution_id: str, step_id: str, verb: str, body: dict[str, Any] | None = None) -> None:
    address = f"{EXECUTIONS}/{execution_id}/steps/{step_id}/{verb}"
    asking.send("workflows", "POST", address, body, version=request.form.get("version"))


def page(execution_id: str, **more: Any) -> str:
    """The work page, with what went wrong with a form of it."""
    known = picture(web.by(), execution_id)
    return render_template(
        "renewals/renewal.html", stream=addresses.stream(view="renewal", id=execution_id), **(known | more)
    )


def picture(by: By, execution_id: str) -> dict[str, Any]:
    """All that the page is rendered from, its live parts too. The execution must answer; the rest may be missing."""
    execution = asking.get("workflows", f"{EXECUTIONS}/{execution_id}", by)
    customer, _ = asking.part(
        "", lambda: asking.get("workflows", f"/api/customers/{execution['customerId']}", by), None
    )
    stages = {one["key"]: one["name"] for one in definitions(by)}
    steps = execution["steps"]
    step_now = (
        next((step["id"] for step in steps if step["status"] not in STEP_DONE), None)
        if execution["status"] == "in_progress"
        else None
    )
    plan = plan_view.picture(by, execution)
    last_done = [step["id"] for step in steps if step["status"] == "completed" and step.get("output")][-1:]
    return {
        "execution": execution,
        "customer": customer,
        "steps": steps,
        "step_now": step_now,
        "step_open": last_done[0] if last_done and not plan["plan"] else None,
        "does": DOES,
        "stage_names": stages,
        "stage_name": stages.get(execution["stage"], execution["stage"]),
        "owner": _owner(by, execution),
        "standing": _standing(by, execution),
        "others": _others(by, execution_id),
        **plan,
    }


def _standing(by: By, execution: dict[str, Any]) -> str:
    """The run's status in the monitor's words; its owner's own word until the monitor has heard of it."""
    try:
        return reporting.row(rights.reach(by), execution["id"]).status
    except NotFound:
        return execution["status"]


def _owner(by: By, execution: dict[str, Any]) -> str | None:
    return customers.owners(by).get(execution.get("owner") or "", execution.get("owner"))


def _others(by: By, execution_id: str) -> list[dict[str, Any]]:
    try:
        return [row.as_row() for row in reporting.beside(rights.reach(by), execution_id)]
    except NotFound:
        return []
