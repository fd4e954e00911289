"""Adds and changes customers."""

from __future__ import annotations

from datetime import date, datetime

from services.workflows import customer_facts, models, readings
from services.workflows.commands import AddCustomer, ChangeCustomer
from services.workflows.models import Customer, acts, feed, replicas
from shared.contracts.commands import NOT_GIVEN, given
from shared.contracts.customers import DATED
from shared.ground.errors import Conflict, Invalid
from shared.ground.principal import Principal


def add(by: Principal, command: AddCustomer, *, customer_id: str, now: datetime) -> Customer:
    """Add a customer to the caller's tenant.

    Invalid for an owner who is not one of its people, Conflict for an external id that another customer has.
    """
    with feed.transaction():
        replicas.people.require(by, command.owner)
        _check_external_id(by.tenant_id, customer_id, command)
        values = given(command)
        signals = values.pop("signals")
        _check_renewal(command.renewal_terms, command.renewal_date)
        row = models.customers.add(id=customer_id, tenant_id=by.tenant_id, created_at=now, updated_at=now, **values)
        readings.note_scores(by, row, values, now=now)
        customer_facts.replace_signals(by, row, signals, now=now)
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
        signals = changes.pop("signals", None)
        _check_renewal(changes.get("renewal_terms", row.renewal_terms), changes.get("renewal_date", row.renewal_date))
        scores = {name: value for name, value in changes.items() if getattr(row, name) != value}
        models.customers.change(row, updated_at=now, **changes)
        readings.note_scores(by, row, scores, now=now)
        if signals is not None:
            customer_facts.replace_signals(by, row, signals, now=now)
        acts.record(by, "changed customer", "customer", row.id, now=now, details={"fields": sorted(given(command))})
        return row


def _check_renewal(terms: str, renewal_date: date | None) -> None:
    """Invalid for a dated renewal without its date."""
    if terms == DATED and renewal_date is None:
        refusal = "A day is needed, or other terms: month to month, or open-ended."
        raise Invalid("The renewal date is missing.", errors={"renewalDate": [refusal]})


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
