"""The form that starts the workflow of a stage for a customer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor import people
from services.monitor.pages import api_client, failures, flash, frame, renewal_rows
from shared.contracts import stages
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid, NotFound, TandemError
from shared.web import callers, error_responses

EXECUTIONS = "/api/workflows/executions"

blueprint = frame.page_blueprint("renewals", __name__)


@blueprint.get("/app/renewals/start")
@callers.needs("member")
def ask_start() -> Any:
    """The page that asks for confirmation before a workflow is started for a customer."""
    return _start_form(request.args.get("customer_id", ""), request.args.get("stage", ""))


@blueprint.post("/app/renewals/start")
@callers.needs("member")
def start() -> Any:
    """Start the workflow, once even if the button is pressed twice, and go to its page."""
    fields = {"customerId": request.form.get("customer_id", ""), "stage": request.form.get("stage", "")}
    try:
        made = api_client.send("workflows", "POST", EXECUTIONS, fields, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _start_form(fields["customerId"], fields["stage"], error), error_responses.status_of(error)
    return flash.redirect_to(f"/app/renewals/{made['id']}", f"{made.get('workflowName') or 'The workflow'} has begun.")


def zone() -> str:
    """The time zone of the signed-in person's tenant."""
    return people.tenant(callers.by().tenant_id).time_zone


def _start_form(customer_id: str, stage: str, error: TandemError | None = None) -> str:
    customer = api_client.get("workflows", f"/api/customers/{customer_id}") if customer_id else None
    if customer is None:
        raise NotFound("There is no such customer.")
    done = next(
        (
            workflow
            for workflow in customer["completedWorkflows"]
            if workflow["stage"] == stage and workflow["forThisRenewal"]
        ),
        None,
    )
    return render_template(
        "renewals/start.html",
        customer=customer,
        stage=stage,
        stage_name=stages.NAMES.get(stage, stage),
        available={each.key for each in stages.STAGES if each.available},
        done=done,
        their_day=renewal_rows.their_day(customer, zone(), clock.now()),
        key=ids.new_id(),
        problem=failures.problem_of(error) if error else None,
    )
