"""The contacts of a customer, and the forms by which they are added and changed on its page."""

from __future__ import annotations

from typing import Any

from flask import request

from services.monitor.pages import api_client, customer_edit, customer_forms, frame, task_rows
from services.monitor.pages.customer_list import PAGE
from shared.ground.errors import NotFound
from shared.web import callers

CONTACTS = "/api/contacts"
NEW_CONTACT = {"role": "other", "status": "active", "sentiment": "unknown"}

blueprint = frame.page_blueprint("customer_contacts", __name__)


def contacts_of(customer_id: str) -> list[dict[str, Any]]:
    """The contacts of a customer by name."""
    return api_client.every("workflows", CONTACTS, customer_id=customer_id)


def schema_at(customer_id: str, contact_id: str | None = None) -> customer_forms.Schema:
    """The form of a contact, whose colleagues are the others at the customer."""
    others = {contact["id"]: contact["name"] for contact in contacts_of(customer_id) if contact["id"] != contact_id}
    return customer_forms.contact(others)


@blueprint.route(f"{PAGE}/<customer_id>/contacts/new", methods=["GET", "POST"])
@callers.needs("member")
def add_contact(customer_id: str) -> Any:
    """The form for a person at a customer, and adding them."""
    saved, schema = customer_edit.read(customer_id), schema_at(customer_id)
    title = f"New contact at {saved['name']}"
    form = customer_edit.form_at(saved, title, schema, "contacts/new", button="Add", values=NEW_CONTACT)
    if request.method == "GET":
        return form.show()
    return customer_edit.add(form, CONTACTS, "Added.", anchor="#people", customerId=customer_id)


@blueprint.route(f"{PAGE}/<customer_id>/contacts/<contact_id>", methods=["GET", "POST"])
@callers.needs("member")
def contact(customer_id: str, contact_id: str) -> Any:
    """The form of a person, and saving it."""
    saved, present = customer_edit.read(customer_id), _contact(customer_id, contact_id)
    schema = schema_at(customer_id, contact_id)
    form = customer_edit.form_at(saved, present["name"], schema, f"contacts/{contact_id}", values=present)
    if request.method == "GET":
        return form.show()
    return customer_edit.change(form, f"{CONTACTS}/{contact_id}", "Saved.", anchor="#people")


@blueprint.route(f"{PAGE}/<customer_id>/contacts/<contact_id>/touch", methods=["GET", "POST"])
@callers.needs("member")
def touch(customer_id: str, contact_id: str) -> Any:
    """The form that notes when somebody was last in touch with a person, and noting it."""
    saved, present = customer_edit.read(customer_id), _contact(customer_id, contact_id)
    values = present | {"lastTouchOn": task_rows.today().isoformat(), "lastTouchBy": callers.by().name}
    title, path = f"In touch with {present['name']}", f"contacts/{contact_id}/touch"
    form = customer_edit.form_at(saved, title, customer_forms.TOUCH, path, button="Log it", values=values)
    if request.method == "GET":
        return form.show()
    return customer_edit.change(form, f"{CONTACTS}/{contact_id}", "Logged.", anchor="#people")


def _contact(customer_id: str, contact_id: str) -> dict[str, Any]:
    found = api_client.get("workflows", f"{CONTACTS}/{contact_id}")
    if found["customerId"] != customer_id:
        raise NotFound("There is no such contact here.")
    return found
