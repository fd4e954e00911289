"""Queries and writes on holds; each is limited to one tenant, except the snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.workflows.models.customer_tables import Contact, ContactMerge, Customer
from services.workflows.models.database import feed
from services.workflows.models.fact_tables import CustomerHold
from shared.contracts.paging import Page
from shared.database import pagination
from shared.database.model import Columns
from shared.ground.errors import NotFound


def get(tenant_id: str, customer_id: str, hold_id: str) -> CustomerHold:
    """The hold. NotFound for another tenant's or another customer's too."""
    row = CustomerHold.get_for(tenant_id, hold_id)
    if row.customer_id != customer_id:
        raise NotFound(f"There is no hold {hold_id}.")
    return row


def listed(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """The holds of a customer, the last placed first."""
    query = CustomerHold.for_tenant(tenant_id).where(CustomerHold.customer_id == customer_id)
    order = [(CustomerHold.created_at, "desc"), (CustomerHold.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def standing_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, list[CustomerHold]]:
    """The holds of each of these customers that nobody has lifted, the last placed first."""
    by_customer: dict[str, list[CustomerHold]] = {}
    query = CustomerHold.for_tenant(tenant_id).where(
        CustomerHold.customer_id.in_(list(customer_ids)), CustomerHold.lifted_at.is_null()
    )
    for row in query.order_by(CustomerHold.created_at.desc(), CustomerHold.id.desc()):
        by_customer.setdefault(row.customer_id, []).append(row)
    return by_customer


def add(**values: Any) -> CustomerHold:
    """Write a new hold, and publish it."""
    row = CustomerHold.create(**values)
    feed.mark("hold", row.id, row.tenant_id)
    return row


def add_missing(rows: list[Columns]) -> None:
    """Write the holds whose ids do not exist yet, and publish them."""
    # Ids are unique over all tenants.
    query = CustomerHold.of_all_tenants(CustomerHold.id).where(CustomerHold.id.in_([row["id"] for row in rows]))
    present = {row.id for row in query}
    for row in rows:
        if row["id"] not in present:
            add(**row)


def change(row: CustomerHold, **values: Any) -> None:
    """Write changed columns of a hold, and publish it."""
    row.write(**values)
    feed.mark("hold", row.id, row.tenant_id)


def publish_again(tenant_id: str, customer_id: str) -> None:
    """Publish the standing holds of a customer again, because the addresses of its people have changed."""
    for row in standing_of(tenant_id, [customer_id]).get(customer_id, []):
        feed.mark("hold", row.id, tenant_id)


def names_of(customer_ids: Sequence[str]) -> dict[str, Customer]:
    """The customers of holds that are published, of every tenant."""
    # The feed reads the holds of all tenants.
    return {row.id: row for row in Customer.of_all_tenants().where(Customer.id.in_(list(customer_ids)))}


def addresses_of(tenant_ids: Sequence[str], customer_ids: Sequence[str]) -> dict[str, list[str]]:
    """The e-mail addresses of the people of each of these customers of these tenants, casefolded; those of contacts that
    were merged into others too, because their owners can still be written to."""
    addresses: dict[str, list[str]] = {}
    # The feed reads the holds of all tenants.
    query = Contact.of_all_tenants(Contact.customer_id, Contact.email).where(
        Contact.tenant_id.in_(list(tenant_ids)),
        Contact.customer_id.in_(list(customer_ids)),
        Contact.email.is_null(False),
    )
    for row in query:
        addresses.setdefault(row.customer_id, []).append(str(row.email).casefold())
    # The feed reads the holds of all tenants.
    merges = ContactMerge.of_all_tenants(ContactMerge.customer_id, ContactMerge.merged).where(
        ContactMerge.customer_id.in_(list(customer_ids)), ContactMerge.undone_at.is_null()
    )
    for merge in merges:
        emails = [contact["email"].casefold() for contact in merge.merged if contact["email"]]
        addresses.setdefault(merge.customer_id, []).extend(emails)
    return addresses
