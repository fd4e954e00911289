"""Questions about customers, their contacts and their contracts, each of one tenant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.workflows.models.tables import Contact, Contract, Customer
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.rows import held


def find(tenant_id: str, customer_id: str) -> Customer:
    """The customer. NotFound for another tenant's too."""
    row = known(tenant_id, customer_id)
    if row is None:
        raise NotFound(f"There is no customer {customer_id}.")
    return row


def known(tenant_id: str, customer_id: str) -> Customer | None:
    """The customer, if there is one."""
    return Customer.get_or_none((Customer.id == customer_id) & (Customer.tenant_id == tenant_id))


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
    """A tenant's customers, the nearest renewal first."""
    query = Customer.select().where(Customer.tenant_id == tenant_id)
    if q:
        query = query.where(Customer.name_key.contains(q.casefold()))
    if owner:
        query = query.where(Customer.owner == owner)
    if renewal_from:
        query = query.where(Customer.renewal_date >= renewal_from)
    if renewal_to:
        query = query.where(Customer.renewal_date <= renewal_to)
    order = [(Customer.renewal_date, "asc"), (Customer.id, "asc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def known_as(tenant_id: str, external_ids: Iterable[str], names: Iterable[str]) -> dict[str, Customer]:
    """Customers by their external id, and by their folded name; for an import that meets what is there already."""
    wanted_ids, wanted_names = list(external_ids), [name.casefold() for name in names]
    query = Customer.select().where(
        (Customer.tenant_id == tenant_id) & (Customer.external_id.in_(wanted_ids) | Customer.name_key.in_(wanted_names))
    )
    found: dict[str, Customer] = {}
    for row in query:
        found.setdefault("name " + row.name_key, row)
        if row.external_id:
            found["id " + row.external_id] = row
    return found


def add(**values: Any) -> Customer:
    """Write a new customer."""
    return Customer.create(name_key=values["name"].casefold(), **values)


def change(row: Customer, **values: Any) -> None:
    """Write what changed of a customer."""
    if "name" in values:
        values["name_key"] = values["name"].casefold()
    row.write(**values)


def contact(tenant_id: str, contact_id: str) -> Contact:
    """The contact. NotFound for another tenant's too."""
    row = Contact.get_or_none((Contact.id == contact_id) & (Contact.tenant_id == tenant_id))
    if row is None:
        raise NotFound(f"There is no contact {contact_id}.")
    return row


def contacts_listed(
    tenant_id: str, *, q: str | None, customer_id: str | None, limit: int, offset: int, cursor: str | None
) -> Page:
    """A tenant's contacts by name; `q` is part of a name or of an e-mail address."""
    query = Contact.select().where(Contact.tenant_id == tenant_id)
    if customer_id:
        query = query.where(Contact.customer_id == customer_id)
    if q:
        query = query.where(Contact.search_key.contains(q.casefold()))
    order = [(Contact.name, "asc"), (Contact.id, "asc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def contacts_of(tenant_id: str, customer_id: str, *, alone: bool = False) -> list[Contact]:
    """Everybody at a customer, in a fixed order; `alone` holds them until the transaction ends."""
    query = Contact.select().where((Contact.tenant_id == tenant_id) & (Contact.customer_id == customer_id))
    query = query.order_by(Contact.name, Contact.id)
    return list(held(query) if alone else query)


def search_key(name: str, email: str | None) -> str:
    """What a search in contacts looks at."""
    return f"{name} {email or ''}".casefold()


def add_contact(**values: Any) -> Contact:
    """Write a new contact."""
    return Contact.create(search_key=search_key(values["name"], values.get("email")), **values)


def change_contact(row: Contact, **values: Any) -> None:
    """Write what changed of a contact."""
    name, email = values.get("name", row.name), values.get("email", row.email)
    row.write(search_key=search_key(name, email), **values)


def make_primary(row: Contact, now: Any) -> None:
    """The one primary contact of its customer."""
    others = (Contact.customer_id == row.customer_id) & (Contact.tenant_id == row.tenant_id) & (Contact.id != row.id)
    Contact.update(is_primary=False, updated_at=now, version=Contact.version + 1).where(
        others & Contact.is_primary
    ).execute()
    if not row.is_primary:
        row.write(is_primary=True, updated_at=now)


def remove_contact(row: Contact) -> None:
    """Delete a contact; who named it as successor names nobody."""
    Contact.update(successor_id=None).where(
        (Contact.tenant_id == row.tenant_id)
        & (Contact.customer_id == row.customer_id)
        & (Contact.successor_id == row.id)
    ).execute()
    row.delete_instance()


def contract(tenant_id: str, customer_id: str, contract_id: str) -> Contract:
    """The contract. NotFound for another tenant's or another customer's too."""
    row = Contract.get_or_none(
        (Contract.id == contract_id) & (Contract.tenant_id == tenant_id) & (Contract.customer_id == customer_id)
    )
    if row is None:
        raise NotFound(f"There is no contract {contract_id}.")
    return row


def contracts_listed(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """A customer's contracts without their text, the latest first."""
    columns = [field for field in Contract._meta.sorted_fields if field is not Contract.text]
    query = Contract.select(*columns).where((Contract.tenant_id == tenant_id) & (Contract.customer_id == customer_id))
    order = [(Contract.created_at, "desc"), (Contract.id, "desc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def contracts_of(tenant_id: str, customer_id: str) -> list[Contract]:
    """All contracts of a customer, whole."""
    query = Contract.select().where((Contract.tenant_id == tenant_id) & (Contract.customer_id == customer_id))
    return list(query.order_by(Contract.created_at, Contract.id))


def add_contract(**values: Any) -> Contract:
    """Write a new contract."""
    return Contract.create(**values)


def add_missing(model: type[Customer] | type[Contact] | type[Contract], rows: list[dict[str, Any]]) -> int:
    """Write those rows that are not there yet, by their id; how many were written."""
    known = {row.id for row in model.select(model.id).where(model.id.in_([row["id"] for row in rows]))}
    missing = [row for row in rows if row["id"] not in known]
    if missing:
        model.insert_many(missing).execute()
    return len(missing)
