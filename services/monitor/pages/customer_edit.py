"""The forms by which a customer is added and changed, with its readings, holds and contracts as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from services.monitor.pages import api_client, customer_forms, customers, flash, forms, frame, questions
from services.monitor.pages.customer_list import CUSTOMERS, PAGE
from services.monitor.pages.questions import Question
from services.monitor.pages.record_form import RecordForm
from shared.ground.errors import Invalid
from shared.web import callers, error_responses

blueprint = frame.page_blueprint("customer_edit", __name__)


def read(customer_id: str) -> dict[str, Any]:
    """The customer. NotFound."""
    return api_client.get("workflows", f"{CUSTOMERS}/{customer_id}")


def form_at(
    customer: Mapping[str, Any], title: str, schema: customer_forms.Schema, path: str, **more: Any
) -> RecordForm:
    """A form at this path of a customer's page, which leads back to it."""
    page = f"{PAGE}/{customer['id']}"
    return RecordForm(title, schema, f"{page}/{path}", crumb=(customer["name"], page), back=page, **more)


def add(form: RecordForm, path: str, message: str, *, anchor: str = "", **more: Any) -> Any:
    """Send what was typed as a new record, once even if the button is pressed twice, and go back to the customer."""

    def send() -> Any:
        api_client.send("workflows", "POST", path, form.given() | more, key=request.form.get("key"))
        return flash.redirect_to(form.back + anchor, message)

    return form.save(send)


def change(form: RecordForm, path: str, message: str, *, anchor: str = "") -> Any:
    """Send what was typed as the change of a record, and go back to the customer. If somebody else changed it since the
    form was shown, the form shows both."""

    def send() -> Any:
        api_client.send("workflows", "PATCH", path, form.change(), version=request.form.get("version"))
        return flash.redirect_to(form.back + anchor, message)

    return form.save(send)


@blueprint.get(f"{PAGE}/new")
@callers.needs("member")
def ask_new() -> Any:
    """An empty form for a customer."""
    return _new_form().show()


@blueprint.post(f"{PAGE}/new")
@callers.needs("member")
def create() -> Any:
    """Add the customer, once even if the button is pressed twice."""
    form = _new_form()

    def send() -> Any:
        made = api_client.send("workflows", "POST", CUSTOMERS, form.change(), key=request.form.get("key"))
        return flash.redirect_to(f"{PAGE}/{made['id']}", f"“{made['name']}” is in the book.")

    return form.save(send)


def _new_form() -> RecordForm:
    values = {"owner": callers.by().id, "currency": "USD", "renewalTerms": "dated"}
    return RecordForm("New customer", customer_forms.customer(customers.owners()), f"{PAGE}/new", "Add", values)


@blueprint.route(f"{PAGE}/<customer_id>/edit", methods=["GET", "POST"])
@callers.needs("member")
def edit(customer_id: str) -> Any:
    """The form of a customer's own fields, and saving it."""
    saved = read(customer_id)
    schema = customer_forms.customer(customers.owners())
    form = form_at(saved, f"Edit {saved['name']}", schema, "edit", values=saved)
    return form.show() if request.method == "GET" else change(form, f"{CUSTOMERS}/{customer_id}", "Saved.")


@blueprint.route(f"{PAGE}/<customer_id>/scores", methods=["GET", "POST"])
@callers.needs("member")
def score(customer_id: str) -> Any:
    """The form for a reading of the health or the likelihood, and recording it."""
    saved = read(customer_id)
    values = {"measure": request.args.get("measure", "health")}
    form = form_at(saved, f"Health and likelihood of {saved['name']}", customer_forms.SCORE, "scores", values=values)
    if request.method == "GET":
        return form.show()
    return add(form, f"{CUSTOMERS}/{customer_id}/scores", "Recorded.", anchor="#usage")


@blueprint.route(f"{PAGE}/<customer_id>/usage", methods=["GET", "POST"])
@callers.needs("member")
def usage(customer_id: str) -> Any:
    """The form for a usage reading, and recording it."""
    form = form_at(read(customer_id), "Usage on a day", customer_forms.USAGE, "usage")
    if request.method == "GET":
        return form.show()
    return add(form, f"{CUSTOMERS}/{customer_id}/usage", "Recorded.", anchor="#usage")


@blueprint.get(f"{PAGE}/<customer_id>/usage/<reading_id>/delete")
@callers.needs("member")
def ask_delete_usage(customer_id: str, reading_id: str) -> Any:
    """The question before a usage reading is deleted."""
    saved, page = read(customer_id), f"{PAGE}/{customer_id}"
    question = Question(
        crumb=(saved["name"], page),
        title="Delete this usage reading?",
        text="For what was recorded by mistake; the chart is drawn without it.",
        button="Delete it",
        action=f"{page}/usage/{reading_id}/delete",
        back=f"{page}#usage",
        danger=True,
    )
    return questions.render(question)


@blueprint.post(f"{PAGE}/<customer_id>/usage/<reading_id>/delete")
@callers.needs("member")
def delete_usage(customer_id: str, reading_id: str) -> Any:
    """Delete a usage reading."""
    api_client.send("workflows", "DELETE", f"{CUSTOMERS}/{customer_id}/usage/{reading_id}")
    return flash.redirect_to(f"{PAGE}/{customer_id}#usage", "Deleted.")


@blueprint.route(f"{PAGE}/<customer_id>/holds", methods=["GET", "POST"])
@callers.needs("member")
def hold(customer_id: str) -> Any:
    """The form that places a customer on hold, and placing it."""
    saved = read(customer_id)
    form = form_at(saved, f"Place {saved['name']} on hold", customer_forms.HOLD, "holds", button="Place on hold")
    if request.method == "GET":
        return form.show()
    return add(form, f"{CUSTOMERS}/{customer_id}/holds", f"{saved['name']} is on hold: nothing reaches it.")


@blueprint.route(f"{PAGE}/<customer_id>/holds/<hold_id>/lift", methods=["GET", "POST"])
@callers.needs("member")
def lift(customer_id: str, hold_id: str) -> Any:
    """The question before a hold is lifted, and lifting it."""
    saved, page = read(customer_id), f"{PAGE}/{customer_id}"
    question = Question(
        crumb=(saved["name"], page),
        title=f"Lift the hold of {saved['name']}?",
        text="Mails, invitations and AI tasks that wait reach them again.",
        button="Lift it",
        action=f"{page}/holds/{hold_id}/lift",
        back=page,
        with_reason=True,
        version=request.values.get("version"),
    )
    if request.method == "GET":
        return questions.render(question)
    reason = request.form.get("reason", "").strip()
    path = f"{CUSTOMERS}/{customer_id}/holds/{hold_id}/lift"
    try:
        api_client.send("workflows", "POST", path, {"reason": reason or None}, version=request.form.get("version"))
    except Invalid as error:
        return questions.render(question, forms.by_field(error.errors)), error_responses.status_of(error)
    return flash.redirect_to(page, "The hold is lifted.")


@blueprint.route(f"{PAGE}/<customer_id>/contracts/new", methods=["GET", "POST"])
@callers.needs("member")
def add_contract(customer_id: str) -> Any:
    """The form for the text of a contract, and putting it on file."""
    form = form_at(
        read(customer_id), "Contract as text", customer_forms.CONTRACT, "contracts/new", button="Put on file"
    )
    if request.method == "GET":
        return form.show()
    return add(form, f"{CUSTOMERS}/{customer_id}/contracts", "On file.", anchor="#contracts")
