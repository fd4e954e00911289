"""The page of renewals: the customers by stage, those who renew soonest first, each with its real next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template

from services.monitor.pages import (
    api_client,
    customer_list,
    customers,
    early_frame,
    frame,
    renewal_rows,
    renewals,
    urls,
)
from services.monitor.pages.customer_list import CUSTOMERS, ME
from shared.contracts.stages import NAMES
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.web import callers

PAGE = "/app/renewals"
FILTERS = ("q", "stage", "owner", "at_risk")

blueprint = frame.page_blueprint("renewal_list", __name__)


@blueprint.get(PAGE)
@callers.needs("member")
def list_renewals() -> Any:
    """The customers by stage, with how many are in each stage and their ARR. The page also loads while workflows is down."""
    return early_frame.page("Renewals", _page)


def _page() -> str:
    chosen = urls.chosen(*FILTERS)
    owners = customers.owners()
    (body, by_stage), away = api_client.optional(
        "Customers and their renewals cannot be shown.", lambda: _asked(chosen), ({}, {})
    )
    zone, now = renewals.zone(), clock.now()
    rows = [_row(customer, owners, zone, now) for customer in body.get("items", [])]
    return render_template(
        "renewals/list.html",
        groups=[
            {"stage": stage, "name": listed[0]["stageName"], "totals": by_stage.get(stage), "customers": listed}
            for stage, listed in _grouped(rows).items()
        ],
        shown=len(rows),
        chosen=chosen,
        away=away,
        owners=[("", "Every owner"), (ME, "My own"), ("none", "Nobody's"), *owners.items()],
        stages=[("", "Every stage"), *NAMES.items()],
        **urls.paging(body),
    )


def _asked(chosen: Mapping[str, str]) -> tuple[JsonObject, JsonObject]:
    """The page of customers, and the totals of each stage by its key."""
    params = customer_list.as_params(chosen)
    body, stages = frame.answers(
        lambda: api_client.page("workflows", CUSTOMERS, params),
        lambda: api_client.get("workflows", f"{CUSTOMERS}/stages", None, **params)["items"],
    )
    return body, {totals["stage"]: totals for totals in stages}


def _grouped(rows: Sequence[JsonObject]) -> dict[str, list[JsonObject]]:
    """The rows by stage, each in the order that it has; `none` is without a renewal date."""
    groups: dict[str, list[JsonObject]] = {}
    for row in rows:
        groups.setdefault(row["stage"] or "none", []).append(row)
    return groups


def _row(customer: JsonObject, owners: Mapping[str, str], zone: str, now: datetime) -> JsonObject:
    row, offers = customer_list.row(customer, owners), renewal_rows.offers(customer)
    return row | {"next": next(iter(offers), None), "theirDay": renewal_rows.their_day(customer, zone, now)}
