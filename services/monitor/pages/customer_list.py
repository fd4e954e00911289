"""The page of customers: the book as one table, filtered and sorted by the URL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customers,
    early_frame,
    frame,
    renewal_rows,
    saved_views,
    task_rows,
    urls,
    wording,
)
from shared.contracts import stages
from shared.ground.errors import Invalid
from shared.web import callers

CUSTOMERS = "/api/customers"
PAGE = "/app/customers"
FILTERS = ("q", "owner", "stage", "at_risk", "hold", "no_contract", "currency", "tier", "within")
"""The filters of the page in its URL. `within` are days from today to the renewal; `owner` may be `me`."""

OF_THE_PAGE = (*FILTERS, "sort", "cursor", "offset", "view")
ME = "me"
WITHIN = (("", "Any renewal"), ("30", "Next 30 days"), ("90", "Next 90 days"), ("180", "Next 180 days"))
BUILT_IN: tuple[tuple[str, dict[str, str]], ...] = (
    ("All", {}),
    ("Mine", {"owner": ME}),
    ("At risk", {"at_risk": "true"}),
    ("Next 90 days", {"within": "90"}),
    ("No contract", {"no_contract": "true"}),
)
"""The views that everybody has, with their filters."""

blueprint = frame.page_blueprint("customer_list", __name__)


@blueprint.get(PAGE)
@callers.needs("member")
def list_customers() -> Any:
    """The list of customers, with their ARR by currency. The page also loads while workflows is down."""
    return early_frame.page("Customers", _page)


def _page() -> str:
    chosen = urls.chosen(*FILTERS, "sort")
    unknown = [name for name in request.args if name not in OF_THE_PAGE]
    try:
        answer = _answer(chosen)
    except Invalid as error:
        refused = [
            name for name in chosen if name in error.errors or (name == "within" and "renewal_to" in error.errors)
        ]
        if not refused:
            raise
        chosen = {name: value for name, value in chosen.items() if name not in refused}
        unknown += refused
        answer = _answer(chosen)
    (body, totals), away = answer
    owners = customers.owners()
    return render_template(
        "customers/list.html",
        customers=[row(customer, owners) for customer in body.get("items", [])],
        totals=totals,
        chosen=chosen,
        filters={name: value for name, value in chosen.items() if name != "sort"},
        unknown=[wording.words(name) for name in unknown],
        away=away,
        owners=[("", "Every owner"), (ME, "My own"), ("none", "Nobody's"), *owners.items()],
        stages=[("", "Every stage"), *stages.NAMES.items(), ("none", "No renewal date")],
        within=WITHIN,
        views=saved_views.of_page("customers", owners),
        query=urls.query(dict(chosen)),
        built_in=[(name, urls.query(filters), filters) for name, filters in BUILT_IN],
        **urls.paging(body),
    )


def _answer(chosen: Mapping[str, str]) -> Any:
    """The page of customers and its totals, and the service that is down, if it is."""
    return api_client.optional("Customers cannot be shown.", lambda: _asked(chosen), ({}, None))


def _asked(chosen: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    params = as_params(chosen)
    filters: dict[str, Any] = {name: value for name, value in params.items() if name != "sort"}
    body, totals = frame.answers(
        lambda: api_client.page("workflows", CUSTOMERS, params),
        lambda: api_client.get("workflows", f"{CUSTOMERS}/totals", **filters),
    )
    return body, totals


def as_params(chosen: Mapping[str, str]) -> dict[str, str]:
    """The filters of the URL as the service takes them. Invalid for days that are none."""
    params = dict(chosen)
    if params.get("owner") == ME:
        params["owner"] = callers.by().id
    if days := params.pop("within", None):
        if not (days.isascii() and days.isdigit() and len(days) <= 4):
            raise Invalid("That is no number of days.", errors={"within": ["Not a number of days."]})
        today = task_rows.today()
        params |= {"renewal_from": today.isoformat(), "renewal_to": (today + timedelta(days=int(days))).isoformat()}
    return params


def row(customer: dict[str, Any], owners: Mapping[str, str]) -> dict[str, Any]:
    """A customer with the names of its owner and stage, and its workflows in a line."""
    return customer | {
        "ownerName": owners.get(customer.get("owner") or "", ""),
        "stageName": stage_name(customer),
        "workflows": renewal_rows.workflows(customer),
    }


def stage_name(customer: Mapping[str, Any]) -> str:
    """The stage of a customer as people read it, or how it renews without a date."""
    stage = customer["stage"]
    return wording.words(customer["renewalTerms"]) if stage is None else stages.NAMES.get(stage, wording.words(stage))
