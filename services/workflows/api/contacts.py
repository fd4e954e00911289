"""The REST door of contacts."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import contacts as verbs
from services.workflows import models
from services.workflows.models import idempotency
from services.workflows.schemas.customers import ContactArgs, ContactIn, ContactPage, ContactPatch, ContactSchema
from shared import clock, ids, web

contacts = Blueprint("contacts", __name__, url_prefix="/api/contacts", description="People at customers.")


@contacts.get("")
@web.needs("member")
@contacts.arguments(ContactArgs, location="query")
@contacts.response(200, ContactPage)
def list_contacts(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's contacts by name; `q` searches names and e-mail addresses."""
    return web.page_body(models.customers.contacts_listed(web.by().tenant_id, **asked))


@contacts.post("")
@web.needs("member")
@web.idempotent(idempotency)
@contacts.arguments(ContactIn)
@contacts.response(201, ContactSchema)
def add(told: dict[str, Any]) -> Any:
    """Add a contact."""
    row = verbs.add(web.by(), told, contact_id=ids.new_id(), now=clock.now())
    return web.tagged(row, row.version)


@contacts.get("/<contact_id>")
@web.needs("member")
@contacts.response(200, ContactSchema)
def read(contact_id: str) -> Any:
    """One contact."""
    row = models.customers.contact(web.by().tenant_id, contact_id)
    return web.tagged(row, row.version)


@contacts.patch("/<contact_id>")
@web.needs("member")
@contacts.arguments(ContactPatch(partial=True))
@contacts.response(200, ContactSchema)
def change(told: dict[str, Any], contact_id: str) -> Any:
    """Change a contact."""
    row = verbs.change(web.by(), contact_id, told, now=clock.now(), expected=web.if_match())
    return web.tagged(row, row.version)


@contacts.delete("/<contact_id>")
@web.needs("member")
@contacts.response(204)
def remove(contact_id: str) -> None:
    """Delete a contact."""
    verbs.remove(web.by(), contact_id, now=clock.now(), expected=web.if_match())
