"""The pages of contacts: the list with search, and the forms for adding, changing, merging and deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, customers, failures, flash, forms, frame, questions, urls
from services.monitor.pages.questions import Question
from services.monitor.pages.wording import words
from shared.contracts.customers import CONTACT_ROLES, CONTACT_STATUSES, SENTIMENTS
from shared.ground import ids
from shared.ground.errors import Conflict, Invalid, Stale, TandemError
from shared.web import application

CONTACTS, PAGE = "/api/contacts", "/app/contacts"
LINES = ("name", "email", "title", "role", "status", "sentiment", "channel", "organisation", "lastTouchBy", "leftTo")
DAYS = ("lastMetOn", "lastTouchOn", "leftOn", "awayFrom", "awayUntil")
FLAGS = ("isPrimary", "optedOut", "signs")
SIGNING = ("signingLimit", "signingCurrency")
EMPTIED = (*DAYS, *SIGNING, "email", "channel", "organisation", "lastTouchBy", "leftTo")
"""The fields that are null when a person clears them."""
MOST_MERGED = 6

blueprint = frame.page_blueprint("contacts", __name__)


@blueprint.get("/app/contacts")
@application.needs("member")
def list_contacts() -> Any:
    """Contacts by name. The page also loads while workflows is down."""
    chosen = urls.chosen("q", "customer_id")
    body, away = api_client.optional(
        "Contacts cannot be shown.", lambda: api_client.page("workflows", CONTACTS, chosen), {}
    )
    contacts = body.get("items", [])
    of_one = contacts[0]["customerName"] if chosen.get("customer_id") and contacts else None
    return render_template(
        "contacts/list.html", chosen=chosen, away=away, contacts=contacts, customer_name=of_one, **urls.paging(body)
    )


@blueprint.get("/app/contacts/new")
@application.needs("member")
def ask_new() -> Any:
    """An empty form."""
    customer_id = request.args.get("customer_id")
    return _form({"customer": customers.name_of(customer_id) or "", "status": "active", "sentiment": "unknown"})


@blueprint.post("/app/contacts/new")
@application.needs("member")
def create() -> Any:
    """Add the contact, once even if the button is pressed twice."""
    fields = _fields()
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    typed = request.form.get("customer", "").strip()
    try:
        body = given | {"customerId": customers.id_of(typed)}
        made = api_client.send("workflows", "POST", CONTACTS, body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _form(fields | {"customer": typed}, error=error), 422
    return flash.redirect_to(f"{PAGE}/{made['id']}", f"{made['name']} is a contact of {typed} now.")


@blueprint.get("/app/contacts/<contact_id>")
@application.needs("member")
def ask_edit(contact_id: str) -> Any:
    """The form with the present values of a contact."""
    saved = api_client.get("workflows", f"{CONTACTS}/{contact_id}")
    return _form(saved, saved)


@blueprint.post("/app/contacts/<contact_id>")
@application.needs("member")
def edit(contact_id: str) -> Any:
    """Change the contact. If somebody else changed it since the form was shown, the form says so and keeps what was
    typed, with what is there now beside it; saving it again overwrites."""
    fields = _fields()
    try:
        path = f"{CONTACTS}/{contact_id}"
        saved = api_client.send("workflows", "PATCH", path, fields, version=request.form.get("version"))
    except (Conflict, Invalid, Stale) as error:
        saved = api_client.get("workflows", f"{CONTACTS}/{contact_id}")
        return _form(saved | fields, saved, error), 412 if isinstance(error, Stale) else 422
    return flash.redirect_to(f"{PAGE}/{contact_id}", f"{saved['name']} is saved.")


@blueprint.get("/app/contacts/<contact_id>/delete")
@application.needs("member")
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
@application.needs("member")
def delete(contact_id: str) -> Any:
    """Delete the contact."""
    api_client.send("workflows", "DELETE", f"{CONTACTS}/{contact_id}", version=request.form.get("version"))
    return flash.redirect_to(PAGE, "The contact is deleted.")


@blueprint.get("/app/contacts/merge")
@application.needs("member")
def ask_merge() -> Any:
    """The page that asks which of the chosen contacts is kept."""
    return _ask_merge(request.args.getlist("id"))


@blueprint.post("/app/contacts/merge")
@application.needs("member")
def merge() -> Any:
    """Merge the chosen contacts, with an Undo."""
    chosen, kept = request.form.getlist("id"), request.form.get("keep", "")
    body = {"keepId": kept, "otherIds": [contact_id for contact_id in chosen if contact_id != kept]}
    try:
        done = api_client.send("workflows", "POST", f"{CONTACTS}/merge", body, key=request.form.get("key"))
    except (Conflict, Invalid) as error:
        return _ask_merge(chosen, error), 422
    name, undo = done["contact"]["name"], flash.Undo(f"{PAGE}/merges/{done['id']}/undo")
    return flash.redirect_to(f"{PAGE}/{kept}", f"{len(chosen)} contacts are one now: {name}.", undo=undo)


@blueprint.post("/app/contacts/merges/<merge_id>/undo")
@application.needs("member")
def undo_merge(merge_id: str) -> Any:
    """Undo a merge."""
    done = api_client.send("workflows", "POST", f"{CONTACTS}/merges/{merge_id}/undo")
    return flash.redirect_to(f"{PAGE}?customer_id={done['customerId']}", "The merged contacts are apart again.")


@blueprint.get("/app/customer-names")
@application.needs("member")
def customer_names() -> Any:
    """The names of customers that begin as was typed, as the options of a field."""
    return render_template("contacts/customer_names.html", names=customers.beginning(request.args.get("customer", "")))


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


def _fields() -> dict[str, Any]:
    """The fields of the form, in the shape of the API."""
    form = request.form
    fields: dict[str, Any] = {name: form.get(name, "").strip() for name in (*LINES, *DAYS, *SIGNING)}
    fields |= {name: None for name in EMPTIED if not fields[name]}
    answered = {"yes": True, "no": False}.get(form.get("answered", ""))
    return fields | {name: name in form for name in FLAGS} | {"answered": answered}


def _said() -> dict[str, Callable[[Any], str]]:
    """How each field is said, for what stands now beside what was typed."""
    return {
        **dict.fromkeys((*LINES, *SIGNING), forms.plain),
        **dict.fromkeys(DAYS, forms.as_day),
        **dict.fromkeys(FLAGS, lambda flag: "yes" if flag else "no"),
    }


def _form(form: Mapping[str, Any], saved: dict[str, Any] | None = None, error: TandemError | None = None) -> str:
    customer = customers.name_of(saved["customerId"]) if saved else None
    return render_template(
        "contacts/form.html",
        saved=saved,
        customer=customer,
        version=forms.version(saved["version"], error) if saved else None,
        form=form,
        roles=[(key, word.capitalize()) for key, word in CONTACT_ROLES.items()],
        statuses=[(key, words(key)) for key in CONTACT_STATUSES],
        sentiments=[(key, words(key)) for key in SENTIMENTS],
        answers=[("", "Not known"), ("yes", "Yes"), ("no", "No")],
        present=forms.changed_since(saved, form, _said()) if saved and isinstance(error, Stale) else {},
        key=ids.new_id(),
        errors=forms.by_field(error.errors) if isinstance(error, Invalid) else {},
        problem=failures.problem_of(error) if error else None,
    )
