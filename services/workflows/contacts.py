"""Contacts: add, change, remove, and the handover from one who left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.workflows import models
from services.workflows.models import Contact, acts, feed
from shared.acts import By
from shared.errors import Invalid


def add(by: By, told: dict[str, Any], *, contact_id: str, now: datetime) -> Contact:
    """Make a contact at the customer `told["customer_id"]`. NotFound for an unknown customer; Invalid for a
    successor elsewhere."""
    with feed.transaction():
        customer = models.customers.find(by.tenant_id, told["customer_id"])
        _check_successor(by.tenant_id, customer.id, contact_id, told.get("successor_id"))
        row = models.customers.add_contact(
            id=contact_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **told
        )
        if row.is_primary:
            models.customers.make_primary(row, now)
        acts.record(by, "added contact", "contact", row.id, now=now, details={"name": row.name})
        return row


def change(by: By, contact_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None) -> Contact:
    """Change these columns of a contact; a new primary takes the place of the old. NotFound, Stale, Invalid."""
    with feed.transaction():
        row = models.customers.contact(by.tenant_id, contact_id)
        row.expect(expected)
        _check_successor(by.tenant_id, row.customer_id, row.id, told.get("successor_id"))
        models.customers.change_contact(row, updated_at=now, **told)
        if told.get("is_primary"):
            models.customers.make_primary(row, now)
        acts.record(by, "changed contact", "contact", row.id, now=now, details={"fields": sorted(told)})
        return row


def remove(by: By, contact_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Delete a contact. NotFound, Stale."""
    with feed.transaction():
        row = models.customers.contact(by.tenant_id, contact_id)
        row.expect(expected)
        models.customers.remove_contact(row)
        acts.record(by, "removed contact", "contact", row.id, now=now, details={"name": row.name})


def hand_over(by: By, customer_id: str, old_salesforce_id: str, new_salesforce_id: str, *, now: datetime) -> bool:
    """After the CRM was told: the old contact has left, the new one is primary. False where either is not ours to
    find."""
    everybody = {one.salesforce_id: one for one in models.customers.contacts_of(by.tenant_id, customer_id, alone=True)}
    old, new = everybody.get(old_salesforce_id), everybody.get(new_salesforce_id)
    if old is None or new is None:
        return False
    models.customers.change_contact(old, status="departed", successor_id=new.id, is_primary=False, updated_at=now)
    models.customers.make_primary(new, now)
    acts.record(by, "handed over contact", "contact", new.id, now=now, details={"from": old.name, "to": new.name})
    return True


def _check_successor(tenant_id: str, customer_id: str, contact_id: str, successor_id: str | None) -> None:
    if successor_id is None:
        return
    known = {one.id for one in models.customers.contacts_of(tenant_id, customer_id)}
    if successor_id not in known or successor_id == contact_id:
        raise Invalid(
            "The successor is another contact of the same customer.", errors={"successorId": ["Not a contact here."]}
        )
