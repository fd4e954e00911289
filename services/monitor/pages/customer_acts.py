"""What is done with many customers at once: the forms, and what became of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customer_forms,
    customers,
    failures,
    flash,
    forms,
    frame,
    record_forms,
    renewals,
    urls,
)
from services.monitor.pages.customer_list import CUSTOMERS, PAGE
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, TandemError
from shared.web import application, error_responses

TITLES = {
    "hand_over": ("Hand over", "Hand over"),
    "start_stage": ("Start the stage", "Start"),
    "create_task": ("Make a task", "Make it"),
}
"""The title of each action's form and its button."""

SAID = {"hand_over": "handed over", "start_stage": "started", "create_task": "with a new task"}
MOST_NAMED = 5
"""The most customers that are named when an action could not be done with them."""

blueprint = frame.page_blueprint("customer_acts", __name__)


@blueprint.get(f"{PAGE}/act/<action>")
@application.needs("member")
def ask(action: str) -> Any:
    """The form of an action on the customers in the address."""
    return _form(action)


@blueprint.post(f"{PAGE}/act/<action>")
@application.needs("member")
def act(action: str) -> Any:
    """Do the action, once even if the button is pressed twice, and say what became of each customer."""
    schema = _schema(action)
    chosen = request.form.getlist("id")
    if forms.is_only_saving():
        return _form(action)
    typed = {name: value for name, value in record_forms.read(schema, request.form).items() if value not in (None, "")}
    body = {"customerIds": chosen, "action": action} | typed
    try:
        done = api_client.send("workflows", "POST", f"{CUSTOMERS}/batches", body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(action, error)
    return flash.redirect_to(urls.back(PAGE), *_told(action, done["receipts"]))


def _told(action: str, receipts: list[dict[str, Any]]) -> tuple[str]:
    """What was done, and with whom it could not be."""
    counts = Counter(receipt["outcome"] for receipt in receipts)
    parts = [f"{counts['changed']} of {len(receipts)} {SAID[action]}."]
    refused = [receipt for receipt in receipts if receipt["outcome"] in ("refused", "not_found")]
    parts += [f"{receipt['name'] or 'One'}: {receipt['reason']}" for receipt in refused[:MOST_NAMED]]
    if len(refused) > MOST_NAMED:
        parts.append(f"And {len(refused) - MOST_NAMED} more.")
    return (" ".join(parts),)


def _schema(action: str) -> dict[str, Any]:
    owners = customers.owners()
    if action == "hand_over":
        return customer_forms.form_of(("owner",), owner=customer_forms.choice("New owner", owners))
    if action == "start_stage":
        available = {stage["key"]: stage["name"] for stage in renewals.definitions() if stage["available"]}
        stage = customer_forms.choice("Stage", available, needed=False) | {
            "description": "Empty: the one that its days call for."
        }
        return customer_forms.form_of(stage=stage)
    if action == "create_task":
        return customer_forms.form_of(
            ("title",),
            title=customer_forms.line("What is to be done", 500, needed=True),
            dueDate=customer_forms.day("Due"),
            owner=customer_forms.choice("Owner", owners, needed=False) | {"description": "Empty: each customer's own."},
        )
    raise NotFound("There is no such action.")


def _form(action: str, error: TandemError | None = None) -> Any:
    schema = _schema(action)
    errors = forms.by_field(error.errors) if error else {}
    title, button = TITLES[action]
    chosen = request.values.getlist("id")
    page = render_template(
        "customers/act.html",
        action=action,
        title=title,
        button=button,
        ids=chosen,
        back=urls.back(PAGE),
        fields=record_forms.fields_of(schema, record_forms.read(schema, request.form)),
        key=request.form.get("key") or ids.new_id(),
        errors=errors | ({"ids": errors["customerIds"]} if "customerIds" in errors else {}),
        problem=failures.problem_of(error) if error and not errors else None,
    )
    return (page, error_responses.status_of(error)) if error else page
