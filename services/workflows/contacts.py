"""Adds, changes and removes contacts, and hands over from a contact who left."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models
from services.workflows.commands import AddContact, ChangeContact
from services.workflows.models import Contact, acts, feed
from shared.contracts.camel import camel
from shared.contracts.commands import given
from shared.database.model import Columns
from shared.ground.errors import Invalid
from shared.ground.principal import Principal


def add(by: Principal, command: AddContact, *, contact_id: str, now: datetime) -> Contact:
    """Add a contact to a customer. NotFound for an unknown customer; Invalid for a successor or a
    deputy who is not another contact of the customer."""
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, command.customer_id)
        if command.is_primary:
            models.customers.settle_primary(customer.id)
        _check_colleagues(by.tenant_id, customer.id, contact_id, given(command))
        row = models.customers.add_contact(
            id=contact_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **given(command)
        )
        if row.is_primary:
            models.customers.make_primary(row, now)
        acts.record(by, "added contact", "contact", row.id, now=now, details={"name": row.name})
        return row


def change(
    by: Principal, contact_id: str, command: ChangeContact, *, now: datetime, expected: int | None = None
) -> Contact:
    """Change the given fields of a contact; a new primary contact replaces the old one. NotFound; Stale; Conflict
    when somebody else changed it at the same moment; Invalid as in `add`."""
    with feed.transaction():
        row = models.customers.get_contact(by.tenant_id, contact_id)
        row.expect(expected)
        changes = given(command)
        if changes.get("is_primary"):
            models.customers.settle_primary(row.customer_id)
        _check_colleagues(by.tenant_id, row.customer_id, row.id, changes)
        models.customers.change_contact(row, updated_at=now, **changes)
        if changes.get("is_primary"):
            models.customers.make_primary(row, now)
        acts.record(by, "changed contact", "contact", row.id, now=now, details={"fields": sorted(changes)})
        return row


def remove(by: Principal, contact_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a contact. NotFound, Stale."""
    with feed.transaction():
        row = models.customers.get_contact(by.tenant_id, contact_id, for_update=True)
        row.expect(expected)
        models.customers.remove_contact(row, now)
        acts.record(by, "removed contact", "contact", row.id, now=now, details={"name": row.name})


def hand_over(
    by: Principal, customer_id: str, old_salesforce_id: str, new_salesforce_id: str, *, now: datetime
) -> bool:
    """Apply a contact update of the CRM: the old contact has left, the new one is primary. Returns False if the
    customer does not have both. Call it inside a transaction."""
    models.customers.settle_primary(customer_id)
    contacts = models.customers.contacts_of(by.tenant_id, customer_id, for_update=True)
    by_salesforce_id = {contact.salesforce_id: contact for contact in contacts}
    old, new = by_salesforce_id.get(old_salesforce_id), by_salesforce_id.get(new_salesforce_id)
    if old is None or new is None:
        return False
    models.customers.change_contact(old, status="departed", successor_id=new.id, is_primary=False, updated_at=now)
    models.customers.make_primary(new, now)
    acts.record(by, "handed over contact", "contact", new.id, now=now, details={"from": old.name, "to": new.name})
    return True


def _check_colleagues(tenant_id: str, customer_id: str, contact_id: str, values: Columns) -> None:
    """Invalid for a successor or a deputy who is not another contact of the customer."""
    named = {name: values[name] for name in ("successor_id", "deputy_id") if values.get(name) is not None}
    if not named:
        return
    colleagues = models.customers.colleagues(tenant_id, customer_id, named.values()) - {contact_id}
    errors = {camel(name): ["Not a contact here."] for name, value in named.items() if value not in colleagues}
    if errors:
        raise Invalid("A successor or a deputy is another contact of the same customer.", errors=errors)
