"""Writes and queries of merges of contacts; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.workflows.models import customers
from services.workflows.models.customer_tables import Contact, ContactMerge
from services.workflows.models.database import words
from shared.database.model import Columns
from shared.ground.json_types import JsonObject

NAMES = ("successor_id", "deputy_id")
"""The columns in which a contact names another."""


def get(tenant_id: str, merge_id: str) -> ContactMerge:
    """The merge, locked until the transaction ends. NotFound for another tenant's too."""
    return ContactMerge.get_for(tenant_id, merge_id, for_update=True)


def latest_of(tenant_id: str, kept_id: str) -> ContactMerge | None:
    """The latest merge into a contact, or None."""
    query = ContactMerge.for_tenant(tenant_id).where(ContactMerge.kept_id == kept_id)
    return query.order_by(ContactMerge.created_at.desc(), ContactMerge.id.desc()).first()


def add(**values: Any) -> ContactMerge:
    """Write a new merge."""
    return ContactMerge.create(**values)


def point_to(kept: Contact, others: Sequence[Contact], now: datetime) -> list[JsonObject]:
    """Let who names one of the others as successor or deputy name the kept one. Returns `[{id, column, was}]`."""
    pointed: list[JsonObject] = []
    other_ids = [other.id for other in others]
    for name in NAMES:
        column = getattr(Contact, name)
        same = (Contact.customer_id == kept.customer_id) & column.in_(other_ids) & Contact.id.not_in(other_ids)
        for row in Contact.for_tenant(kept.tenant_id, Contact.id, column).where(same):
            pointed.append({"id": row.id, "column": name, "was": getattr(row, name)})
        # Nobody is the own successor.
        target = {name: kept.id, "updated_at": now, "version": Contact.version + 1}
        Contact.update_for(kept.tenant_id, **target).where(same, Contact.id != kept.id).execute()
        own = {name: None, "updated_at": now, "version": Contact.version + 1}
        Contact.update_for(kept.tenant_id, **own).where(same, Contact.id == kept.id).execute()
    return pointed


def point_back(tenant_id: str, kept_id: str, references: Sequence[JsonObject], now: datetime) -> None:
    """Undo `point_to`, where nobody has named somebody else since."""
    for reference in references:
        name = reference["column"]
        present = None if reference["id"] == kept_id else kept_id
        column = getattr(Contact, name)
        is_same = column.is_null() if present is None else column == present
        update = {name: reference["was"], "updated_at": now, "version": Contact.version + 1}
        Contact.update_for(tenant_id, **update).where(Contact.id == reference["id"], is_same).execute()


def remove(rows: Sequence[Contact]) -> None:
    """Delete merged contacts."""
    for row in rows:
        row.delete_instance()
        words.drop(customers.SEARCHED[Contact][0], row.tenant_id, row.id)


def restore(columns: Columns) -> Contact:
    """Write a merged contact again as it was."""
    return customers.add_contact(**columns)
