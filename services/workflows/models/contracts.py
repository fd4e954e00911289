"""Queries and writes on contracts; each is limited to one tenant, except that `with_text_to_fetch` reads over all."""

from __future__ import annotations

from typing import Any

from services.workflows.models.customer_tables import Contract
from shared.contracts.paging import Page
from shared.database import pagination
from shared.ground.errors import NotFound


def get(tenant_id: str, customer_id: str, contract_id: str, *, for_update: bool = False) -> Contract:
    """The contract. NotFound for another tenant's or another customer's too."""
    row = Contract.get_or_none_for(tenant_id, contract_id, for_update=for_update)
    if row is None or row.customer_id != customer_id:
        raise NotFound(f"There is no contract {contract_id}.")
    return row


def get_or_none_for_update(tenant_id: str, contract_id: str) -> Contract | None:
    """The contract, locked until the transaction ends, or None."""
    return Contract.get_or_none_for(tenant_id, contract_id, for_update=True)


def listed(tenant_id: str, customer_id: str, *, limit: int, offset: int, cursor: str | None) -> Page:
    """A customer's contracts without their text, the last added first."""
    columns = [field for field in Contract._meta.sorted_fields if field is not Contract.text]
    query = Contract.for_tenant(tenant_id, *columns).where(Contract.customer_id == customer_id)
    order = [(Contract.created_at, "desc"), (Contract.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def of_customer(tenant_id: str, customer_id: str) -> list[Contract]:
    """All contracts of a customer, with their text."""
    query = Contract.for_tenant(tenant_id).where(Contract.customer_id == customer_id)
    return list(query.order_by(Contract.created_at, Contract.id))


def with_text_to_fetch(after: str, limit: int) -> list[Contract]:
    """Contracts of any tenant whose text waits in the file store, by id, behind `after`."""
    query = Contract.of_all_tenants(Contract.id, Contract.tenant_id, Contract.text_sha256)
    query = query.where(Contract.text_sha256.is_null(False) & (Contract.id > after))
    return list(query.order_by(Contract.id).limit(limit))


def add(**values: Any) -> Contract:
    """Write a new contract."""
    return Contract.create(**values)
