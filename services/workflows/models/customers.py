"""Queries and writes on customers and their contacts; each is limited to one tenant, except that
`add_missing` compares ids over all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from services.workflows.models import holds
from services.workflows.models.database import words
from services.workflows.models.tables import NO_RENEWAL_DATE, Contact, Contract, Customer
from shared.contracts.paging import Page
from shared.database import statements
from shared.database.model import Columns, locked
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


def names_of(tenant_id: str, customer_ids: Iterable[str]) -> dict[str, str]:
    """The names of these customers by id."""
    query = Customer.for_tenant(tenant_id, Customer.id, Customer.name).where(Customer.id.in_(list(customer_ids)))
    return {row.id: row.name for row in query}


def listed(
    tenant_id: str,
    *,
    q: str | None,
    owner: str | None,
    renewal_from: date | None,
    renewal_to: date | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """A tenant's customers, the earliest renewal date first; `q` are prefixes of words of the name."""
    filters = [lists.equal(Customer.owner, owner)] if owner else []
    if renewal_from:
        filters.append(lists.since(Customer.renewal_order, renewal_from))
    if renewal_to:
        filters.append(lists.at_most(Customer.renewal_order, renewal_to))
    order = [(Customer.renewal_order, "asc"), (Customer.id, "asc")]
    return _searched(Customer, tenant_id, q, filters, order, limit=limit, offset=offset, cursor=cursor)


def known_as(tenant_id: str, external_ids: Iterable[str], names: Iterable[str]) -> list[Customer]:
    """Customers with one of these external ids or, casefolded, one of these names; for an import."""
    by_id, by_name = Customer.external_id.in_(list(external_ids)), Customer.name_key.in_(list(names))
    query = Customer.for_tenant(tenant_id).where(by_id | by_name)
    return list(query.order_by(Customer.created_at, Customer.id))


def with_external_id(tenant_id: str, external_id: str) -> Customer | None:
    """The customer with an external id, or None."""
    return Customer.for_tenant(tenant_id).where(Customer.external_id == external_id).first()


def add(**values: Any) -> Customer:
    """Write a new customer. The statement is written out because an import makes thousands."""
    order = values.get("renewal_date") or NO_RENEWAL_DATE
    row = Customer(name_key=values["name"].casefold(), renewal_order=order, **values)
    statements.insert(Customer, row.__data__)
    _index_words(row, new=True)
    return row


def change(row: Customer, **values: Any) -> None:
    """Write changed columns of a customer."""
    if "name" in values:
        values["name_key"] = values["name"].casefold()
    if "renewal_date" in values:
        values["renewal_order"] = values["renewal_date"] or NO_RENEWAL_DATE
    row.write(**values)
    if "name" in values:
        _index_words(row)


def get_contact(tenant_id: str, contact_id: str) -> Contact:
    """The contact. NotFound for another tenant's too."""
    return Contact.get_for(tenant_id, contact_id)


def get_contact_or_none(tenant_id: str, contact_id: str) -> Contact | None:
    """The contact, or None."""
    return Contact.get_or_none_for(tenant_id, contact_id)


def contacts_listed(
    tenant_id: str, *, q: str | None, customer_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page:
    """A tenant's contacts by name; `q` are prefixes of words of a name or an e-mail address."""
    filters = [lists.equal(Contact.customer_id, customer_id)] if customer_id else []
    order = [(Contact.name, "asc"), (Contact.id, "asc")]
    return _searched(Contact, tenant_id, q, filters, order, limit=limit, offset=offset, cursor=cursor)


def contacts_of(tenant_id: str, customer_id: str, *, for_update: bool = False) -> list[Contact]:
    """The contacts of a customer, in a fixed order; `for_update` locks them until the transaction ends."""
    query = Contact.for_tenant(tenant_id).where(Contact.customer_id == customer_id)
    query = query.order_by(Contact.name, Contact.id)
    return list(locked(query) if for_update else query)


def _searched(
    model: type[Customer | Contact], tenant_id: str, q: str | None, filters: list[lists.Filter], order: Any, **page: Any
) -> Page:
    match = words.match(SEARCHED[model][0], tenant_id, q, model.id)
    return lists.page(model, tenant_id, filters, order, match=match, indexed=True, **page)


def _index_words(row: Any, *, new: bool = False) -> None:
    kind, columns = SEARCHED[type(row)]
    words.index(kind, row.tenant_id, row.id, [getattr(row, column) for column in columns], new=new)


def add_contact(**values: Any) -> Contact:
    """Write a new contact."""
    row = Contact.create(**values)
    _index_words(row, new=True)
    holds.publish_again(row.tenant_id, row.customer_id)
    return row


def change_contact(row: Contact, **values: Any) -> None:
    """Write changed columns of a contact."""
    row.write(**values)
    if "name" in values or "email" in values:
        _index_words(row)
        holds.publish_again(row.tenant_id, row.customer_id)


def make_primary(row: Contact, now: datetime) -> None:
    """Make a contact the only primary one of its customer."""
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
    holds.publish_again(row.tenant_id, row.customer_id)
    words.drop(SEARCHED[Contact][0], row.tenant_id, row.id)


def add_missing(model: type[Customer] | type[Contact] | type[Contract], rows: list[Columns]) -> int:
    """Write the rows whose ids do not exist yet. Returns how many were written."""
    # Ids are unique over all tenants.
    present = {row.id for row in model.of_all_tenants(model.id).where(model.id.in_([row["id"] for row in rows]))}
    missing = [row for row in rows if row["id"] not in present]
    if missing:
        model.insert_many(missing).execute()
    if model in SEARCHED:
        for row in missing:
            _index_words(model(**row), new=True)
    return len(missing)
