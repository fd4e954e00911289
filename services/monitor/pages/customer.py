"""The page of one customer: now, what happened, people, contracts, usage and signals, workflows; and its record at the side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    contracts,
    customer_charts,
    customer_contacts,
    customer_edit,
    customer_facts,
    customers,
    early_frame,
    frame,
    renewal_rows,
    renewals,
    task_rows,
    urls,
)
from services.monitor.pages.customer_list import CUSTOMERS, PAGE, stage_name
from shared.contracts.customers import CONTACT_ROLES
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.web import callers

SECTIONS = (
    ("now", "Now"),
    ("timeline", "Timeline"),
    ("people", "People"),
    ("contracts", "Contracts"),
    ("usage", "Usage and health"),
    ("facts", "What is known"),
    ("workflows", "Workflows"),
)
"""The sections of the page and their names, in order."""

ENTRIES_SHOWN = 20

blueprint = frame.page_blueprint("customer", __name__)


@blueprint.get(f"{PAGE}/<customer_id>")
@callers.needs("member")
def show(customer_id: str) -> Any:
    """One customer with all that is known of it."""
    customer = early_frame.asked_first(lambda: customer_edit.read(customer_id))
    return early_frame.page(customer["name"], lambda: _page(customer))


def _page(customer: JsonObject) -> str:
    customer_id, path = customer["id"], f"{CUSTOMERS}/{customer['id']}"
    asked = api_client.begin(
        lambda: customer_contacts.contacts_of(customer_id),
        lambda: customer_facts.facts_of(customer_id),
        customer_facts.kinds,
        lambda: _items(f"{path}/holds", limit=20),
        lambda: _items(f"{path}/scores"),
        lambda: _items(f"{path}/usage"),
        lambda: task_rows.open_of(customer_id=customer_id),
        lambda: _timeline(path),
        lambda: _items("/api/workflows/executions", customer_id=customer_id, limit=50),
        lambda: contracts.list_context(customer_id),
    )
    owners, their_day = customers.owners(), renewal_rows.their_day(customer, renewals.zone(), clock.now())
    frame.read_ahead()
    contacts, facts, kinds, holds, scores, usage, tasks, timeline, executions, contract_list = asked.wait()
    groups = _by_group(facts, kinds)
    return render_template(
        "customers/customer.html",
        customer=customer,
        stage=stage_name(customer),
        owners=owners,
        sections=SECTIONS,
        offers=renewal_rows.offers(customer),
        their_day=their_day,
        contacts=sorted(contacts, key=_place),
        people={contact["id"]: contact["name"] for contact in contacts},
        roles=CONTACT_ROLES,
        facts=groups,
        fact_group=chosen if (chosen := request.args.get("facts", "")) in groups else "",
        holds=holds,
        charts=customer_charts.charts(scores, usage),
        tasks=task_rows.shown(tasks),
        timeline=timeline,
        executions=executions,
        **contract_list,
    )


def _timeline(path: str) -> JsonObject:
    """The newest entries of the timeline, or those after the cursor in the URL: `{entries, next}`, `next` an address."""
    body = api_client.get("workflows", f"{path}/timeline", limit=ENTRIES_SHOWN, cursor=request.args.get("entries"))
    following = body["pagination"]["next"]
    return {"entries": body["items"], "next": following and f"{urls.links(entries=following)}#timeline"}


def _items(path: str, **params: Any) -> list[JsonObject]:
    return list(api_client.get("workflows", path, **params)["items"])


def _place(contact: JsonObject) -> tuple[Any, ...]:
    """The place of a contact among the others: those who are there first, the primary one before all."""
    return contact["status"] != "active", not contact["isPrimary"], contact["name"].casefold()


def _by_group(facts: Sequence[JsonObject], kinds: Mapping[str, JsonObject]) -> dict[str, list[JsonObject]]:
    """The facts by the title of their group, in the order of the groups, open ones first; each with the state that a press
    moves it to, and the state that it has now."""
    groups: dict[str, list[JsonObject]] = {kind["groupTitle"]: [] for kind in kinds.values()}
    for fact in sorted(facts, key=lambda fact: not fact["isOpen"]):
        states = kinds[fact["kind"]]["states"]
        closing = next((state for state in reversed(states) if not state["isOpen"]), None)
        groups[kinds[fact["kind"]]["groupTitle"]].append(fact | {"closing": closing if fact["isOpen"] else None})
    return {title: listed for title, listed in groups.items() if listed}
