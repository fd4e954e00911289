"""The pages of contacts: the list with search, and the forms for adding, changing, merging and deleting."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from services.monitor.pages import (
    api_client,
    customer_contacts,
    customer_forms,
    customers,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    questions,
    urls,
)
from services.monitor.pages.customer_contacts import CONTACTS, NEW_CONTACT
from services.monitor.pages.questions import Question
from services.monitor.pages.record_form import RecordForm
from services.monitor.pages.toasts import Undo
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, TandemError
from shared.web import callers, error_responses

PAGE = "/app/contacts"
MOST_MERGED = 6

blueprint = frame.page_blueprint("contacts", __name__)


@blueprint.get("/app/contacts")
@callers.needs("member")
def list_contacts() -> Any:
    """Contacts by name. The page also loads while workflows is down."""
    return early_frame.page("Contacts", _page)


def _page() -> str:
    chosen = urls.chosen("q", "customer_id")
    [(body, away)] = frame.answers(
        lambda: api_client.optional(
            "Contacts cannot be shown.", lambda: api_client.page("workflows", CONTACTS, chosen), {}
        )
    )
    contacts = body.get("items", [])
    of_one = contacts[0]["customerName"] if chosen.get("customer_id") and contacts else None
    return render_template(
        "contacts/list.html", chosen=chosen, away=away, contacts=contacts, customer_name=of_one, **urls.paging(body)
    )


@blueprint.get("/app/contacts/new")
@callers.needs("member")
def ask_new() -> Any:
    """An empty form; the address may say at which customer."""
    return _new_form(customers.name_of(request.args.get("customer_id"))).show()


@blueprint.post("/app/contacts/new")
@callers.needs("member")
def create() -> Any:
    """Add the contact, once even if the button is pressed twice."""
    form = _new_form()

    def send() -> Any:
        contact = form.given()
        customer = contact.pop("customer", "")
        body = contact | {"customerId": customers.id_of(customer)}
        made = api_client.send("workflows", "POST", CONTACTS, body, key=request.form.get("key"))
        return flash.redirect_to(f"{PAGE}/{made['id']}", f"{made['name']} is a contact of {customer} now.")

    return form.save(send)


@blueprint.route("/app/contacts/<contact_id>", methods=["GET", "POST"])
@callers.needs("member")
def edit(contact_id: str) -> Any:
    """The form with the present values of a contact, and saving it. If somebody else changed it since the form was
    shown, the form says so and keeps what was typed, with what is there now beside it; saving it again overwrites."""
    form = _form_of(api_client.get("workflows", f"{CONTACTS}/{contact_id}"))
    if request.method == "GET":
        return form.show()

    def send() -> Any:
        path, version = f"{CONTACTS}/{contact_id}", request.form.get("version")
        saved = api_client.send("workflows", "PATCH", path, form.change(), version=version)
        return flash.redirect_to(f"{PAGE}/{contact_id}", f"{saved['name']} is saved.")

    return form.save(send)


def _new_form(customer: str | None = None) -> RecordForm:
    schema, values = customer_forms.contact_of_a_customer(), NEW_CONTACT | {"customer": customer or ""}
    return RecordForm("New contact", schema, f"{PAGE}/new", values=values, crumb=("Contacts", PAGE), back=PAGE)


def _form_of(contact: dict[str, Any]) -> RecordForm:
    schema = customer_contacts.schema_at(contact["customerId"], contact["id"])
    page, customer = f"{PAGE}/{contact['id']}", customers.name_of(contact["customerId"])
    return RecordForm(
        contact["name"],
        schema,
        page,
        values=contact,
        crumb=("Contacts", PAGE),
        back=PAGE,
        about=(customer, f"/app/customers/{contact['customerId']}") if customer else None,
        delete=f"{page}/delete",
    )


@blueprint.get("/app/contacts/<contact_id>/delete")
@callers.needs("member")
def ask_delete(contact_id: str) -> Any:
    """The page that asks for confirmation before a contact is deleted."""
    saved = api_client.get("workflows", f"{CONTACTS}/{contact_id}")
    question = Question(
        crumb=("Contacts", PAGE),
        title=f"Delete {saved['name']}?",
        text="The contact leaves every list, and who named it as successor or deputy names nobody. Somebody who left the "
        "customer is better kept, with the status Departed.",
        button="Delete the contact",
        action=f"{PAGE}/{contact_id}/delete",
        back=f"{PAGE}/{contact_id}",
        danger=True,
        version=saved["version"],
    )
    return questions.render(question)


@blueprint.post("/app/contacts/<contact_id>/delete")
@callers.needs("member")
def delete(contact_id: str) -> Any:
    """Delete the contact."""
    api_client.send("workflows", "DELETE", f"{CONTACTS}/{contact_id}", version=request.form.get("version"))
    return flash.redirect_to(PAGE, "The contact is deleted.")


@blueprint.get("/app/contacts/merge")
@callers.needs("member")
def ask_merge() -> Any:
    """The page that asks which of the chosen contacts is kept."""
    return _ask_merge(request.args.getlist("id"))


@blueprint.post("/app/contacts/merge")
@callers.needs("member")
def merge() -> Any:
    """Merge the chosen contacts, with an Undo."""
    chosen, kept = request.form.getlist("id"), request.form.get("keep", "")
    body = {"keepId": kept, "otherIds": [contact_id for contact_id in chosen if contact_id != kept]}
    try:
        done = api_client.send("workflows", "POST", f"{CONTACTS}/merge", body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _ask_merge(chosen, error), error_responses.status_of(error)
    name, undo = done["contact"]["name"], Undo(f"{PAGE}/merges/{done['id']}/undo")
    return flash.redirect_to(f"{PAGE}/{kept}", f"{len(chosen)} contacts are one now: {name}.", undo=undo)


@blueprint.post("/app/contacts/merges/<merge_id>/undo")
@callers.needs("member")
def undo_merge(merge_id: str) -> Any:
    """Undo a merge."""
    done = api_client.send("workflows", "POST", f"{CONTACTS}/merges/{merge_id}/undo")
    return flash.redirect_to(f"{PAGE}?customer_id={done['customerId']}", "The merged contacts are apart again.")


def _ask_merge(contact_ids: list[str], error: TandemError | None = None) -> str:
    if not 1 < len(contact_ids) <= MOST_MERGED:
        raise Invalid(f"Choose two to {MOST_MERGED} contacts of one customer in the list first.")
    found = [api_client.get("workflows", f"{CONTACTS}/{contact_id}") for contact_id in contact_ids]
    return render_template(
        "contacts/merge.html",
        contacts=found,
        key=ids.new_id(),
        problem=failures.problem_of(error) if error else None,
        errors=forms.by_field(error.errors) if error else {},
    )
