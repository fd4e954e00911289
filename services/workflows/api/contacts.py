"""The REST API of contacts."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import contact_merging, models
from services.workflows import contacts as verbs
from services.workflows.api.imports import at_once
from services.workflows.api.showing import columns_of, page_of
from services.workflows.commands import AddContact, ChangeContact, MergeContacts
from services.workflows.import_kinds import CONTACTS
from services.workflows.models import ContactMerge, idempotency
from services.workflows.schemas.contacts import (
    ContactArgs,
    ContactIn,
    ContactPage,
    ContactPatch,
    ContactSchema,
    MergeIn,
    MergeSchema,
)
from services.workflows.schemas.imports import ContactImportReceipt
from shared.contracts.imports import ImportIn
from shared.csv_import.import_routes import FORM
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages, request_checks

contacts = Blueprint("contacts", __name__, url_prefix="/api/contacts", description="People at customers.")


@contacts.get("")
@callers.needs("member")
@contacts.arguments(ContactArgs, location="query")
@contacts.response(200, ContactPage)
def list_contacts(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's contacts by name; `q` searches names and e-mail addresses."""
    tenant_id = callers.by().tenant_id
    page = models.customers.contacts_listed(tenant_id, **filters)
    names = models.customers.names_of(tenant_id, {row.customer_id for row in page.items})
    shown = [columns_of(row) | {"customer_name": names.get(row.customer_id)} for row in page.items]
    return list_pages.page_body(page_of(page, shown))


@contacts.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@contacts.arguments(ContactIn)
@contacts.response(201, ContactSchema)
def add(command: AddContact) -> Any:
    """Add a contact."""
    row = verbs.add(callers.by(), command, contact_id=ids.new_id(), now=clock.now())
    return entity_tags.tagged(row, row.version)


@contacts.post("/import")
@request_checks.takes_files
@callers.needs("member")
@contacts.arguments(ImportIn)
@contacts.doc(**FORM)
@contacts.response(200, ContactImportReceipt)
def import_contacts(data: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of contacts, as JSON or in a form with a field `file`, with a receipt a row; `dryRun` changes nothing, and `after` and `limit` take a part of the file."""
    return at_once(CONTACTS, data, "contact_id")


@contacts.post("/merge")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@contacts.arguments(MergeIn)
@contacts.response(201, MergeSchema)
def merge(command: MergeContacts) -> dict[str, Any]:
    """Merge duplicates of a person into one contact."""
    return _merge_shown(contact_merging.merge(callers.by(), command, merge_id=ids.new_id(), now=clock.now()))


@contacts.post("/merges/<merge_id>/undo")
@callers.needs("member")
@contacts.response(200, MergeSchema)
def undo_merge(merge_id: str) -> dict[str, Any]:
    """Undo a merge, if nobody has changed the kept contact since."""
    return _merge_shown(contact_merging.undo(callers.by(), merge_id, now=clock.now()))


def _merge_shown(row: ContactMerge) -> dict[str, Any]:
    contact = models.customers.get_contact(row.tenant_id, row.kept_id)
    return {"id": row.id, "customer_id": row.customer_id, "undone_at": row.undone_at, "contact": contact}


@contacts.get("/<contact_id>")
@callers.needs("member")
@contacts.response(200, ContactSchema)
def read(contact_id: str) -> Any:
    """One contact."""
    row = models.customers.get_contact(callers.by().tenant_id, contact_id)
    return entity_tags.tagged(row, row.version)


@contacts.patch("/<contact_id>")
@callers.needs("member")
@contacts.arguments(ContactPatch(partial=True))
@contacts.response(200, ContactSchema)
def change(command: ChangeContact, contact_id: str) -> Any:
    """Change a contact."""
    row = verbs.change(callers.by(), contact_id, command, now=clock.now(), expected=entity_tags.if_match())
    return entity_tags.tagged(row, row.version)


@contacts.delete("/<contact_id>")
@callers.needs("member")
@contacts.response(204)
def remove(contact_id: str) -> None:
    """Delete a contact."""
    verbs.remove(callers.by(), contact_id, now=clock.now(), expected=entity_tags.if_match())
