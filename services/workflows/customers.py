"""Customers and their contracts: add, change, and how many days are left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.workflows import models
from services.workflows.models import Contract, Customer, acts, copies, feed
from services.workflows.models.copies import Home
from shared.acts import By


def add(by: By, told: dict[str, Any], *, customer_id: str, now: datetime) -> Customer:
    """Make a customer of the caller's tenant from the columns in `told`."""
    with feed.transaction():
        row = models.customers.add(id=customer_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **told)
        acts.record(by, "added customer", "customer", row.id, now=now, details={"name": row.name})
        return row


def change(by: By, customer_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None) -> Customer:
    """Change these columns of a customer. NotFound; Stale when it is not at the `expected` version."""
    with feed.transaction():
        row = models.customers.find(by.tenant_id, customer_id)
        row.expect(expected)
        models.customers.change(row, updated_at=now, **told)
        acts.record(by, "changed customer", "customer", row.id, now=now, details={"fields": sorted(told)})
        return row


def add_contract(by: By, customer_id: str, told: dict[str, Any], *, contract_id: str, now: datetime) -> Contract:
    """Put a contract's text on a customer's file. NotFound for an unknown customer."""
    with feed.transaction():
        customer = models.customers.find(by.tenant_id, customer_id)
        row = models.customers.add_contract(
            id=contract_id, tenant_id=by.tenant_id, customer_id=customer.id, created_at=now, **told
        )
        acts.record(by, "added contract", "customer", customer.id, now=now, details={"title": row.title})
        return row


def today_at(customer: Customer, now: datetime, home: Home | None = None) -> date:
    """The date that it is where the customer is, or where the tenant is when the customer's time zone is not known.

    Whoever asks for many customers brings the tenant's `home`, so that it is looked up once.
    """
    return local_date(now, customer.time_zone or (home or copies.home(customer.tenant_id)).time_zone)


def local_date(now: datetime, time_zone: str) -> date:
    """The date that it is in a time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def days_to_renewal(customer: Customer, now: datetime, home: Home | None = None) -> int:
    """Whole days until the renewal date, counted as `today_at` counts; negative once it has passed."""
    return (customer.renewal_date - today_at(customer, now, home)).days
