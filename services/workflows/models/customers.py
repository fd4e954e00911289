"""Queries and writes on customers and their contacts; each is limited to one tenant, except that
`add_missing` compares ids over all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from services.workflows.models import holds
from services.workflows.models.customer_tables import NEVER_TOUCHED, Contact, Contract, Customer, placed_customer
from services.workflows.models.database import db, words
from shared.contracts.paging import Page
from shared.database import statements
from shared.database.connection import lock_name
from shared.database.model import Columns, kept, locked
from shared.search import lists

SEARCHED: dict[Any, tuple[str, tuple[str, ...]]] = {
    Customer: ("customer", ("name",)),
    Contact: ("contact", ("name", "email")),
}
"""The kind of each table in the search, and its searched columns."""


def get(tenant_id: str, customer_id: str) -> Customer:
    """The customer. NotFound for another tenant's too."""
    return Customer.get_for(tenant_id, customer_id)


def get_or_none(tenant_id: str, customer_id: str) -> Customer | None:
    """The customer, or None."""
    return Customer.get_or_none_for(tenant_id, customer_id)


def get_kept(tenant_id: str, customer_id: str) -> Customer:
    """The customer, whom nobody deletes until the transaction ends: whatever adds something to it asks like this.
    NotFound as `get`."""
    return Customer.get_for(tenant_id, customer_id, kept=True)


def get_kept_or_none(tenant_id: str, customer_id: str) -> Customer | None:
    """Like `get_kept`, or None."""
    return Customer.get_or_none_for(tenant_id, customer_id, kept=True)


def keep(tenant_id: str, customer_ids: Iterable[str]) -> None:
    """See that nobody deletes these customers until the transaction ends, always in the same order."""
    query = Customer.for_tenant(tenant_id, Customer.id).where(Customer.id.in_(list(customer_ids)))
    list(kept(query.order_by(Customer.id)))


def get_many(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, Customer]:
    """Those of these customers that are in the tenant, by id, locked until the transaction ends, always in the same order."""
    query = Customer.for_tenant(tenant_id).where(Customer.id.in_(list(customer_ids))).order_by(Customer.id)
    return {row.id: row for row in locked(query)}


def names_of(tenant_id: str, customer_ids: Iterable[str]) -> dict[str, str]:
    """The names of these customers by id."""
    query = Customer.for_tenant(tenant_id, Customer.id, Customer.name).where(Customer.id.in_(list(customer_ids)))
    return {row.id: row.name for row in query}


def known_as(tenant_id: str, external_ids: Iterable[str], names: Iterable[str]) -> list[Customer]:
    """Customers with one of these external ids or, casefolded, one of these names; for an import."""
    # One query for both would read every customer of the tenant on SQLite.
    found: dict[str, Customer] = {}
    for column, wanted in ((Customer.external_id, external_ids), (Customer.name_key, names)):
        found |= {row.id: row for row in Customer.for_tenant(tenant_id).where(column.in_(list(wanted)))}
    return sorted(found.values(), key=lambda row: (row.created_at, row.id))


def with_external_id(tenant_id: str, external_id: str) -> Customer | None:
    """The customer with an external id, or None."""
    return Customer.for_tenant(tenant_id).where(Customer.external_id == external_id).first()


def add(**values: Any) -> Customer:
    """Write a new customer. The statement is written out because an import makes thousands."""
    row = Customer(**placed_customer(values))
    statements.insert(Customer, row.__data__)
    _index_words(row, new=True)
    return row


def change(row: Customer, **values: Any) -> None:
    """Write changed columns of a customer."""
    row.write(**placed_customer(values, row))
    if "name" in values:
        _index_words(row)


def _note_touches(tenant_id: str, customer_ids: Sequence[str]) -> None:
    """Write the day of the last touch of these customers, after contacts of theirs were written. Their versions stay,
    because nobody edits that day."""
    query: Any = (
        Contact.for_tenant(tenant_id, Contact.customer_id, fn.MAX(Contact.last_touch_on), fn.MAX(Contact.last_met_on))
        .where(Contact.customer_id.in_(list(customer_ids)))
        .group_by(Contact.customer_id)
    )
    latest = {row[0]: max(filter(None, row[1:]), default=NEVER_TOUCHED) for row in query.tuples()}
    for customer_id in sorted(customer_ids):
        on = latest.get(customer_id, NEVER_TOUCHED)
        update = Customer.update_for(tenant_id, last_touch_order=on)
        update.where(Customer.id == customer_id, Customer.last_touch_order != on).execute()


def get_contact(tenant_id: str, contact_id: str, *, for_update: bool = False) -> Contact:
    """The contact. NotFound for another tenant's too. `for_update` locks it until the transaction ends."""
    return Contact.get_for(tenant_id, contact_id, for_update=for_update)


def get_contact_or_none(tenant_id: str, contact_id: str) -> Contact | None:
    """The contact, or None."""
    return Contact.get_or_none_for(tenant_id, contact_id)


def contacts_listed(
    tenant_id: str, *, q: str | None, customer_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page:
    """A tenant's contacts by name; `q` are prefixes of words of a name or an e-mail address."""
    filters = [lists.equal(Contact.customer_id, customer_id)] if customer_id else []
    order = [(Contact.name, "asc"), (Contact.id, "asc")]
    match = words.match(SEARCHED[Contact][0], tenant_id, q, Contact.id)
    place: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    return lists.page(Contact, tenant_id, filters, order, match=match, indexed=True, **place)


def contacts_of(tenant_id: str, customer_id: str, *, for_update: bool = False) -> list[Contact]:
    """The contacts of a customer, in a fixed order; `for_update` locks them until the transaction ends."""
    query = Contact.for_tenant(tenant_id).where(Contact.customer_id == customer_id)
    query = query.order_by(Contact.name, Contact.id)
    return list(locked(query) if for_update else query)


def colleagues(tenant_id: str, customer_id: str, contact_ids: Iterable[str]) -> set[str]:
    """Those of these ids that are contacts of the customer, whom nobody deletes until the transaction ends."""
    query = Contact.for_tenant(tenant_id, Contact.id).where(
        Contact.customer_id == customer_id, Contact.id.in_(list(contact_ids))
    )
    return {row.id for row in kept(query.order_by(Contact.id))}


def _index_words(row: Any, *, new: bool = False) -> None:
    kind, columns = SEARCHED[type(row)]
    words.index(kind, row.tenant_id, row.id, [getattr(row, column) for column in columns], new=new)


def add_contact(**values: Any) -> Contact:
    """Write a new contact."""
    row = Contact.create(**values)
    _index_words(row, new=True)
    if row.last_touch_on or row.last_met_on:
        _note_touches(row.tenant_id, [row.customer_id])
    holds.publish_again(row.tenant_id, row.customer_id)
    return row


def change_contact(row: Contact, **values: Any) -> None:
    """Write changed columns of a contact."""
    row.write(**values)
    if "last_touch_on" in values or "last_met_on" in values:
        _note_touches(row.tenant_id, [row.customer_id])
    if "name" in values or "email" in values:
        _index_words(row)
        holds.publish_again(row.tenant_id, row.customer_id)


def settle_primary(customer_id: str) -> None:
    """Wait for whoever is making a contact of this customer primary at the same moment; so does the next, until the
    transaction ends. Ask for it before a contact is written."""
    lock_name(db, f"primary contact of {customer_id}")


def make_primary(row: Contact, now: datetime) -> None:
    """Make a contact the only primary one of its customer, after `settle_primary`."""
    update = Contact.update_for(row.tenant_id, is_primary=False, updated_at=now, version=Contact.version + 1)
    update.where(Contact.customer_id == row.customer_id, Contact.id != row.id, Contact.is_primary).execute()
    if not row.is_primary:
        row.write(is_primary=True, updated_at=now)


def remove_contact(row: Contact, now: datetime) -> None:
    """Delete a contact, and clear it as the successor and the deputy of others."""
    update = Contact.update_for(row.tenant_id, successor_id=None, updated_at=now, version=Contact.version + 1)
    update.where(Contact.customer_id == row.customer_id, Contact.successor_id == row.id).execute()
    update = Contact.update_for(row.tenant_id, deputy_id=None, updated_at=now, version=Contact.version + 1)
    update.where(Contact.customer_id == row.customer_id, Contact.deputy_id == row.id).execute()
    row.delete_instance()
    _note_touches(row.tenant_id, [row.customer_id])
    holds.publish_again(row.tenant_id, row.customer_id)
    words.drop(SEARCHED[Contact][0], row.tenant_id, row.id)


def add_missing(model: type[Customer] | type[Contact] | type[Contract], rows: list[Columns]) -> int:
    """Write the rows whose ids do not exist yet. Returns how many were written."""
    # Ids are unique over all tenants.
    present = {row.id for row in model.of_all_tenants(model.id).where(model.id.in_([row["id"] for row in rows]))}
    missing = [row for row in rows if row["id"] not in present]
    if model is Customer:
        missing = [placed_customer(row) for row in missing]
    if missing:
        model.insert_many(missing).execute()
    if model is Contact:
        for tenant_id in {row["tenant_id"] for row in missing}:
            _note_touches(tenant_id, [row["customer_id"] for row in missing if row["tenant_id"] == tenant_id])
    if model in SEARCHED:
        for row in missing:
            _index_words(model(**row), new=True)
    return len(missing)
