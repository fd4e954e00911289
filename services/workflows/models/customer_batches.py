"""Queries and writes on what was done with many customers at once; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.workflows.models.customer_tables import CustomerBatch


def get(tenant_id: str, batch_id: str, *, for_update: bool = False) -> CustomerBatch:
    """The batch. NotFound for another tenant's too."""
    return CustomerBatch.get_for(tenant_id, batch_id, for_update=for_update)


def add(**values: Any) -> CustomerBatch:
    """Write a batch."""
    return CustomerBatch.create(**values)
