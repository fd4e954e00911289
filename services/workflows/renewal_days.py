"""Counts a customer's days: today where it is, the days to its renewal, and for which renewal a workflow was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.workflows.models import Customer, replicas
from services.workflows.models.replicas import Region
from shared.ground.local_days import local_date


def today_at(customer: Customer, now: datetime, region: Region | None = None) -> date:
    """The present date in the customer's time zone, or in the tenant's when the customer has none.

    A caller that asks for many customers passes the tenant's `region`, so that it is read once.
    """
    return local_date(now, customer.time_zone or (region or replicas.tenants.region(customer.tenant_id)).time_zone)


RENEWAL_YEAR = timedelta(days=365)


def is_for_this_renewal(customer: Customer, completed_at: datetime) -> bool:
    """Whether a workflow that was completed at this time was for the coming renewal, not for the one a year before;
    without a renewal date it was."""
    if customer.renewal_date is None:
        return True
    return completed_at.date() > customer.renewal_date - RENEWAL_YEAR


def days_to_renewal(customer: Customer, now: datetime, region: Region | None = None) -> int | None:
    """Whole days until the renewal date, from `today_at`; negative once it has passed, None without a date."""
    if customer.renewal_date is None:
        return None
    return (customer.renewal_date - today_at(customer, now, region)).days
