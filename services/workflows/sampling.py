"""The sample customers as facts, with every date counted from the day of seeding; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.workflows.analysis.clauses.quantities import months_on
from shared import ids

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Sample:
    """One customer with its contacts and contracts, as the columns of their tables."""

    customer: dict[str, Any]
    contacts: list[dict[str, Any]]
    contracts: list[dict[str, Any]]


def read(tenant_id: str, tenant_zone: str, owner: str | None, now: datetime) -> list[Sample]:
    """All samples; ids follow from the tenant and the names, so that a second reading makes the same rows."""
    told = json.loads((FOLDER / "customers.json").read_text(encoding="utf-8"))
    return [
        _sample(one, tenant_id, now.astimezone(ZoneInfo(one.get("timeZone", tenant_zone))).date(), owner)
        for one in told
    ]


def _sample(told: dict[str, Any], tenant_id: str, today: date, owner: str | None) -> Sample:
    customer_id = ids.named("sample-customer", tenant_id, told["name"])
    renewal = today + timedelta(days=told["daysToRenewal"])
    customer = {
        "id": customer_id,
        "tenant_id": tenant_id,
        "name": told["name"],
        "arr": Decimal(told["arr"]),
        "currency": told["currency"],
        "renewal_date": renewal,
        "time_zone": told.get("timeZone"),
        "industry": told["industry"],
        "health_score": told["healthScore"],
        "renewal_likelihood": told["renewalLikelihood"],
        "usage": told["usage"],
        "signals": told["signals"],
        "owner": owner,
        "salesforce_opportunity_id": _crm_id("006", told["name"]),
    }
    contacts = [_contact(one, told["contacts"], customer_id, tenant_id, today) for one in told["contacts"]]
    contracts = [_contract(one, told["name"], customer_id, tenant_id, renewal, today) for one in told["contracts"]]
    return Sample(customer, contacts, contracts)


def _crm_id(prefix: str, name: str) -> str:
    """An id that looks like one of the CRM's, 18 characters long, and is the same for the same name."""
    return prefix + ids.named("sample-crm", prefix, name).replace("-", "")[:15].upper()


def _contact(
    told: dict[str, Any], colleagues: list[dict[str, Any]], customer_id: str, tenant_id: str, today: date
) -> dict[str, Any]:
    successor = next((one for one in colleagues if one["name"] == told.get("successor")), None)
    return {
        "id": _contact_id(customer_id, told["email"]),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "name": told["name"],
        "email": told["email"],
        "title": told["title"],
        "role": told["role"],
        "status": told.get("status", "active"),
        "sentiment": told["sentiment"],
        "is_primary": told.get("isPrimary", False),
        "opted_out": told.get("optedOut", False),
        "last_met_on": _ago(today, told.get("metDaysAgo")),
        "last_touch_on": _ago(today, told.get("touchDaysAgo")),
        "successor_id": _contact_id(customer_id, successor["email"]) if successor else None,
        "salesforce_id": _crm_id("003", told["email"]),
    }


def _contact_id(customer_id: str, email: str) -> str:
    return ids.named("sample-contact", customer_id, email)


def _ago(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)


def _contract(
    told: dict[str, Any], name: str, customer_id: str, tenant_id: str, renewal: date, today: date
) -> dict[str, Any]:
    if "effectiveDaysAgo" in told:
        start = today - timedelta(days=told["effectiveDaysAgo"])
    else:
        start = months_on(renewal + timedelta(days=1), -told["termMonths"])
    text = (FOLDER / told["file"]).read_text(encoding="utf-8")
    for placeholder, value in (("{customer}", name), ("{start}", _written(start)), ("{end}", _written(renewal))):
        text = text.replace(placeholder, value)
    return {
        "id": ids.named("sample-contract", customer_id, told["title"]),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "title": told["title"],
        "text": text,
        "effective_on": start,
        "ends_on": renewal,
    }


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
