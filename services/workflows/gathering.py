"""Gathering what the steps of an execution compute from."""

from __future__ import annotations

from datetime import datetime

from services.workflows import customers, models
from services.workflows.analysis.dossier import ContactFacts, ContractFacts, CustomerFacts, Dossier
from services.workflows.models import Customer


def dossier(customer: Customer, stage: str, *, now: datetime) -> Dossier:
    """All facts about a customer, as of today where it is."""
    tenant_id = customer.tenant_id
    return Dossier(
        customer=_customer(customer),
        contacts=tuple(
            ContactFacts(
                one.id,
                one.name,
                one.role,
                one.title,
                one.is_primary,
                one.status,
                one.sentiment,
                one.last_met_on,
                one.last_touch_on,
                one.successor_id,
                one.salesforce_id,
            )
            for one in models.customers.contacts_of(tenant_id, customer.id)
        ),
        contracts=tuple(
            ContractFacts(one.id, one.title, one.text, one.effective_on, one.ends_on)
            for one in models.customers.contracts_of(tenant_id, customer.id)
        ),
        stage=stage,
        today=customers.today_at(customer, now),
    )


def _customer(row: Customer) -> CustomerFacts:
    return CustomerFacts(
        row.id,
        row.name,
        row.arr,
        row.currency,
        row.renewal_date,
        row.health_score,
        row.renewal_likelihood,
        row.usage,
        tuple(row.signals),
        row.salesforce_opportunity_id,
        row.owner,
    )
