"""Renewals: the customers with the days they have left, and starting a workflow for one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request

from services.monitor.pages import addresses, asking, customers, failures, frame, saying
from shared import clock, ids, web
from shared.acts import By
from shared.errors import Conflict, Invalid, NotFound, TandemError, Unavailable

EXECUTIONS = "/api/workflows/executions"
MOST_OPEN = 100

blueprint = frame.room("renewals", __name__)


@blueprint.get("/app/renewals")
@web.needs("member")
def list_customers() -> Any:
    """Customers, those who renew soonest first, with their open workflows and what can be started."""
    chosen = addresses.chosen("q", "stage")
    stages = definitions()
    body, away = asking.part("Customers and their renewals cannot be shown.", lambda: _asked(chosen, stages), {})
    open_by_customer, owners = ({} if away else _open_ones()), customers.owners()
    items = [one for one in body.get("items", []) if chosen.get("stage") in (None, one["stage"])]
    shown = [_with_open(one, open_by_customer, owners) for one in items]
    pagination = body.get("pagination", {})
    return render_template(
        "renewals/list.html",
        customers=shown,
        chosen=chosen,
        away=away,
        stages=[(one["key"], one["name"]) for one in stages],
        stage_names={one["key"]: one["name"] for one in stages},
        available=[one for one in stages if one["available"]],
        pagination=pagination,
        pages=addresses.pages(pagination.get("next")),
    )


@blueprint.get("/app/renewals/start")
@web.needs("member")
def ask_start() -> Any:
    """What starting a workflow means for this customer."""
    return _start_form(request.args.get("customer_id", ""), request.args.get("stage", ""))


@blueprint.post("/app/renewals/start")
@web.needs("member")
def start() -> Any:
    """Start it, once however often the button is pressed, and go to its page."""
    told = {"customerId": request.form.get("customer_id", ""), "stage": request.form.get("stage", "")}
    try:
        made = asking.send("workflows", "POST", EXECUTIONS, told, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _start_form(told["customerId"], told["stage"], error), 409
    return saying.go(f"/app/renewals/{made['id']}", f"{made.get('workflowName') or 'The workflow'} has begun.")


def definitions(by: By | None = None) -> list[dict[str, Any]]:
    """The ten stages, in their order; none while workflows is away."""
    try:
        return asking.get("workflows", "/api/workflows/definitions", by)["items"]
    except Unavailable:
        return []


def _asked(chosen: dict[str, str], stages: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of customers. A stage is its days, asked for a day wider: each customer counts in a zone of its own."""
    band: dict[str, Any] = next((one for one in stages if one["key"] == chosen.get("stage")), {})
    today, least, most = clock.now().date(), band.get("minDays"), band.get("maxDays")
    return asking.get(
        "workflows",
        "/api/customers",
        limit=50,
        cursor=request.args.get("cursor"),
        q=chosen.get("q"),
        renewal_from=None if least is None else (today + timedelta(days=least - 1)).isoformat(),
        renewal_to=None if most is None else (today + timedelta(days=most + 1)).isoformat(),
    )


def _open_ones(customer_id: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Executions in progress by customer, up to a hundred; none while workflows is away."""
    try:
        body = asking.get("workflows", EXECUTIONS, status="in_progress", limit=MOST_OPEN, customer_id=customer_id)
    except Unavailable:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in body["items"]:
        found.setdefault(one["customerId"], []).append(one)
    return found


def _with_open(customer: dict[str, Any], open_by_customer: dict[str, Any], owners: dict[str, str]) -> dict[str, Any]:
    return customer | {
        "open": open_by_customer.get(customer["id"], []),
        "ownerName": owners.get(customer.get("owner") or "", ""),
    }


def _start_form(customer_id: str, stage: str, error: TandemError | None = None) -> str:
    customer = asking.get("workflows", f"/api/customers/{customer_id}") if customer_id else None
    if customer is None:
        raise NotFound("There is no such customer.")
    names = {one["key"]: one["name"] for one in definitions()}
    return render_template(
        "renewals/start.html",
        customer=customer,
        stage=stage,
        stage_name=names.get(stage, stage),
        stage_names=names,
        key=ids.new_id(),
        open=_open_ones(customer_id).get(customer_id, []),
        problem=failures.problem_of(error) if error else None,
    )
