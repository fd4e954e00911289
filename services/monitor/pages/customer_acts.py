"""What is done with many customers at once: the forms, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customer_forms,
    customers,
    flash,
    forms,
    frame,
    receipts,
    refusals,
    schema_forms,
    typed_values,
    urls,
)
from services.monitor.pages.customer_list import CUSTOMERS, PAGE
from services.monitor.pages.receipts import Receipt
from services.monitor.pages.toasts import Undo
from shared.contracts.stages import STAGES
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, NotFound, TandemError
from shared.web import callers

blueprint = frame.page_blueprint("customer_acts", __name__)


@dataclass(frozen=True)
class Act:
    """What can be done with several customers: the words of its form and its button, what is said of those with whom it
    was done, and its fields."""

    title: str
    button: str
    done: str
    schema: Callable[[], customer_forms.Schema]


def _new_owner() -> customer_forms.Schema:
    return customer_forms.form_of(("owner",), owner=customer_forms.choice("New owner", customers.owners()))


def _stage() -> customer_forms.Schema:
    available = {stage.key: stage.name for stage in STAGES if stage.available}
    hint = "Empty: the one that its days call for."
    return customer_forms.form_of(stage=customer_forms.choice("Stage", available, needed=False, hint=hint))


def _task() -> customer_forms.Schema:
    hint = "Empty: each customer's own."
    return customer_forms.form_of(
        ("title",),
        title=customer_forms.line("What is to be done", 500, needed=True),
        dueDate=customer_forms.day("Due"),
        owner=customer_forms.choice("Owner", customers.owners(), needed=False, hint=hint),
    )


ACTS = {
    "hand_over": Act("Hand over", "Hand over", "handed over", _new_owner),
    "start_stage": Act("Start the stage", "Start", "started", _stage),
    "create_task": Act("Make a task", "Make it", "with a new task", _task),
}


@blueprint.get(f"{PAGE}/act/<action>")
@callers.needs("member")
def ask(action: str) -> Any:
    """The form of an action on the customers in the address."""
    return _form(action)


@blueprint.post(f"{PAGE}/act/<action>")
@callers.needs("member")
def act(action: str) -> Any:
    """Do the action, once even if the button is pressed twice, and say what became of each customer."""
    wanted = _act(action)
    if forms.is_only_saving():
        return _form(action)
    body = {"customerIds": request.form.getlist("id"), "action": action}
    body |= typed_values.given(wanted.schema(), request.form)
    try:
        done = api_client.send("workflows", "POST", f"{CUSTOMERS}/batches", body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(action, error)
    undo = Undo(f"{PAGE}/undo/{done['id']}", (("back", urls.back(PAGE)),)) if done["id"] else None
    return flash.redirect_to(urls.back(PAGE), _became(wanted.done, receipts.all_of(done)), undo=undo)


@blueprint.post(f"{PAGE}/undo/<batch_id>")
@callers.needs("member")
def undo(batch_id: str) -> Any:
    """Give the customers that were handed over back to who had them."""
    became = receipts.all_of(api_client.send("workflows", "POST", f"{CUSTOMERS}/batches/{batch_id}/undo"))
    return flash.redirect_to(urls.back(PAGE), _became("given back", became))


def _act(action: str) -> Act:
    if action not in ACTS:
        raise NotFound("There is no such action.")
    return ACTS[action]


def _became(done_in_words: str, became: Sequence[Receipt]) -> str:
    """What was done, and with whom it could not be."""
    done = sum(receipt.is_changed for receipt in became)
    reasons = receipts.reasons(receipts.refused(became), "One")
    return f"{done} of {len(became)} {done_in_words}. {reasons}".strip()


def _form(action: str, error: TandemError | None = None) -> Any:
    wanted = _act(action)
    schema = wanted.schema()
    fields = schema_forms.fields(schema, typed_values.change(schema, request.form))
    refusal = refusals.of(error, fields, others=("customerIds",))
    page = render_template(
        "customers/act.html",
        action=action,
        act=wanted,
        ids=request.values.getlist("id"),
        back=urls.back(PAGE),
        fields=fields,
        key=request.form.get("key") or ids.new_id(),
        errors=refusal.errors,
        problem=refusal.problem,
    )
    return (page, refusal.status) if error else page
