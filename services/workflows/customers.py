"""Adds and changes customers, and counts the days to renewal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.workflows import models
from services.workflows.commands import AddCustomer, ChangeCustomer
from services.workflows.models import Customer, acts, feed, replicas
from services.workflows.models.replicas import Region
from shared.contracts.commands import NOT_GIVEN, given
from shared.ground.errors import Conflict
from shared.ground.local_days import local_date
from shared.ground.principal import Principal


def add(by: Principal, command: AddCustomer, *, customer_id: str, now: datetime) -> Customer:
    """Add a customer to the caller's tenant.

    Invalid for an owner who is not one of its people, Conflict for an external id that another customer has.
    """
    with feed.transaction():
        replicas.people.require(by, command.owner)
        _check_external_id(by.tenant_id, customer_id, command)
        row = models.customers.add(
            id=customer_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **given(command)
        )
        acts.record(by, "added customer", "customer", row.id, now=now, details={"name": row.name})
        return row


def change(
    by: Principal, customer_id: str, command: ChangeCustomer, *, now: datetime, expected: int | None = None
) -> Customer:
    """Change the given fields of a customer. NotFound; Stale when it is not at the `expected` version; otherwise as
    `add`."""
    with feed.transaction():
        row = models.customers.get(by.tenant_id, customer_id)
        row.expect(expected)
        changes = given(command)
        if changes.get("owner", row.owner) != row.owner:
            replicas.people.require(by, changes["owner"])
        _check_external_id(by.tenant_id, row.id, command)
        models.customers.change(row, updated_at=now, **changes)
        acts.record(by, "changed customer", "customer", row.id, now=now, details={"fields": sorted(changes)})
        return row


def _check_external_id(tenant_id: str, customer_id: str, command: AddCustomer | ChangeCustomer) -> None:
    """Conflict, naming the customer that has this external id already. The unique index refuses two added at the same
    moment."""
    external_id = command.external_id
    if not external_id or external_id is NOT_GIVEN:
        return
    other = models.customers.with_external_id(tenant_id, external_id)
    if other is not None and other.id != customer_id:
        raise Conflict(
            f"The external id is taken: {other.name} has it.", errors={"externalId": [f"{other.name} has it already."]}
        )


def today_at(customer: Customer, now: datetime, region: Region | None = None) -> date:
    """The present date in the customer's time zone, or in the tenant's when the customer has none.

    A caller that asks for many customers passes the tenant's `region`, so that it is read once.
    """
    return local_date(now, customer.time_zone or (region or replicas.tenants.region(customer.tenant_id)).time_zone)


RENEWAL_YEAR = timedelta(days=365)


def is_for_this_renewal(customer: Customer, completed_at: datetime) -> bool:
    """Whether a workflow that was completed at this time was for the coming renewal, not for the one a year before."""
    return completed_at.date() > customer.renewal_date - RENEWAL_YEAR


def days_to_renewal(customer: Customer, now: datetime, region: Region | None = None) -> int:
    """Whole days until the renewal date, from `today_at`; negative once it has passed."""
    return (customer.renewal_date - today_at(customer, now, region)).days
