"""Records readings of a customer's scores and of its usage, each as it was on a day."""

from __future__ import annotations

from datetime import date, datetime

from services.workflows import models, renewal_days
from services.workflows.commands import AddScore, AddUsage
from services.workflows.models import Customer, UsageReading, acts, feed
from shared.contracts.commands import given
from shared.database.model import Columns
from shared.ground import ids, wording
from shared.ground.errors import Invalid
from shared.ground.principal import Principal

HEALTH, LIKELIHOOD = "health", "likelihood"
COLUMN_OF = {HEALTH: "health_score", LIKELIHOOD: "renewal_likelihood"}
"""The column of a customer that holds the latest reading of each measure."""


def add_score(by: Principal, customer_id: str, command: AddScore, *, now: datetime) -> Customer:
    """Record a score of a customer, which becomes its present one if no reading is later. NotFound for an unknown
    customer; Invalid for a day that has not come."""
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        today = renewal_days.today_at(customer, now)
        on = command.on or today
        _check_day(on, today)
        latest = models.facts.latest_score(by.tenant_id, customer.id, command.measure)
        reading = _score(by, customer, command.measure, command.value, on, now)
        models.facts.add_scores([reading | {"source": command.source or by.name, "note": command.note}])
        if latest is None or on >= latest.on:
            models.customers.change(customer, updated_at=now, **{COLUMN_OF[command.measure]: command.value})
        acts.record(by, f"recorded {command.measure}", "customer", customer.id, now=now)
        return customer


def note_scores(by: Principal, customer: Customer, changed: Columns, *, now: datetime) -> None:
    """Record the scores among the changed columns of a customer as readings of today. Call it inside a transaction."""
    today = renewal_days.today_at(customer, now)
    models.facts.add_scores(
        [
            _score(by, customer, measure, changed[column], today, now)
            for measure, column in COLUMN_OF.items()
            if changed.get(column) is not None
        ]
    )


def _score(by: Principal, customer: Customer, measure: str, value: int, on: date, now: datetime) -> Columns:
    return {
        "id": ids.new_id(),
        "tenant_id": customer.tenant_id,
        "customer_id": customer.id,
        "measure": measure,
        "on": on,
        "value": value,
        "source": by.name,
        "note": "",
        "created_at": now,
    }


def add_usage(by: Principal, customer_id: str, command: AddUsage, *, reading_id: str, now: datetime) -> UsageReading:
    """Record the use of a product at a site on a day; it replaces the reading of the same day.

    NotFound for an unknown customer; Invalid for a day that has not come.
    """
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        _check_day(command.on, renewal_days.today_at(customer, now))
        row = models.facts.usage_on(by.tenant_id, customer.id, command.product, command.site, command.on)
        if row is None:
            row = models.facts.add_usage(
                id=reading_id, tenant_id=by.tenant_id, customer_id=customer.id, created_at=now, **given(command)
            )
        else:
            row.write(**given(command))
        acts.record(by, "recorded usage", "customer", customer.id, now=now, details={"on": command.on.isoformat()})
        return row


def remove_usage(by: Principal, customer_id: str, reading_id: str, *, now: datetime) -> None:
    """Delete a usage reading. NotFound."""
    with feed.transaction():
        row = models.facts.get_usage(by.tenant_id, customer_id, reading_id)
        models.facts.remove_usage(row)
        acts.record(by, "removed usage", "customer", customer_id, now=now, details={"on": row.on.isoformat()})


def _check_day(on: date, today: date) -> None:
    if on > today:
        raise Invalid(
            "A reading is of a day that has come.", errors={"on": [f"Not after today, {wording.day(today)}."]}
        )
