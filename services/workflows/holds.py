"""Places and lifts holds: times in which nothing may reach a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.workflows import models, renewal_days
from services.workflows.commands import PlaceHold
from services.workflows.models import Customer, CustomerHold, acts, feed
from services.workflows.models.replicas import Region
from shared.ground import wording
from shared.ground.errors import Conflict, Invalid
from shared.ground.principal import Principal


def place(by: Principal, customer_id: str, command: PlaceHold, *, hold_id: str, now: datetime) -> CustomerHold:
    """Place a customer on hold. NotFound for an unknown customer; Invalid for a hold that ends in the past, or before
    it begins."""
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        today = renewal_days.today_at(customer, now)
        from_on = command.from_on or today
        _check_end(from_on, command.until_on, today)
        row = models.holds.add(
            id=hold_id,
            tenant_id=by.tenant_id,
            customer_id=customer.id,
            reason=command.reason,
            from_on=from_on,
            until_on=command.until_on,
            asked_by=command.asked_by,
            exceptions=command.exceptions,
            by=by.as_json(),
            created_at=now,
        )
        details = {"customer": customer.name, "until": row.until_on.isoformat() if row.until_on else None}
        acts.record(by, "placed hold", "customer", customer.id, now=now, reason=row.reason, details=details)
        return row


def _check_end(from_on: date, until_on: date | None, today: date) -> None:
    if until_on is None:
        return
    if until_on < today:
        raise Invalid(
            "The hold would be over before it stands.", errors={"untilOn": [f"Not before today, {wording.day(today)}."]}
        )
    if until_on < from_on:
        raise Invalid("The hold would end before it begins.", errors={"untilOn": ["Not before its first day."]})


def lift(
    by: Principal, customer_id: str, hold_id: str, *, reason: str | None, now: datetime, expected: int | None = None
) -> CustomerHold:
    """Lift a hold. NotFound; Stale; Conflict when it has been lifted already."""
    with feed.transaction():
        row = models.holds.get(by.tenant_id, customer_id, hold_id)
        row.expect(expected)
        if row.lifted_at is not None:
            raise Conflict("This hold has been lifted already.")
        models.holds.change(row, lifted_at=now, lifted_by=by.as_json(), lifted_reason=reason)
        acts.record(by, "lifted hold", "customer", customer_id, now=now, reason=reason)
        return row


def active_of(rows: Sequence[Customer], now: datetime, region: Region) -> dict[str, CustomerHold]:
    """The hold under which each of these customers of one tenant is today; the last placed if there are several."""
    if not rows:
        return {}
    standing = models.holds.standing_of(rows[0].tenant_id, [row.id for row in rows])
    active: dict[str, CustomerHold] = {}
    for row in rows:
        today = renewal_days.today_at(row, now, region)
        for hold in standing.get(row.id, []):
            if hold.from_on <= today and (hold.until_on is None or today <= hold.until_on):
                active.setdefault(row.id, hold)
    return active
