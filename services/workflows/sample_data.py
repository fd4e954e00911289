"""Builds the rows of the sample customers; dates are relative to the day of seeding."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from services.workflows import fact_kinds, sample_history
from services.workflows.clauses.quantities import months_on
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.json_types import JsonObject

FOLDER = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Sample:
    """One customer with its contacts, contracts and what is known of it, as columns."""

    customer: Columns
    contacts: list[Columns]
    contracts: list[Columns]
    facts: list[Columns]
    scores: list[Columns]
    usage: list[Columns]
    holds: list[Columns]


def read(tenant_id: str, tenant_zone: str, owner: str | None, now: datetime) -> list[Sample]:
    """All samples. Their ids follow from the tenant and the names, so that they are the same each time."""
    return [
        _sample(data, tenant_id, now.astimezone(ZoneInfo(data.get("timeZone", tenant_zone))).date(), owner)
        for data in _content()
    ]


def customer_id(tenant_id: str, name: str) -> str:
    """The id of the sample customer of this name."""
    return ids.named("sample-customer", tenant_id, name)


def customer_ids(tenant_id: str) -> list[str]:
    """The ids of all sample customers."""
    return [customer_id(tenant_id, data["name"]) for data in _content()]


def _content() -> list[JsonObject]:
    content: list[JsonObject] = json.loads((FOLDER / "customers.json").read_text(encoding="utf-8"))
    return content


def _sample(data: JsonObject, tenant_id: str, today: date, owner: str | None) -> Sample:
    its_id = customer_id(tenant_id, data["name"])
    renewal = today + timedelta(days=data["daysToRenewal"])
    customer = {
        "id": its_id,
        "tenant_id": tenant_id,
        "name": data["name"],
        "arr": Decimal(data["arr"]),
        "currency": data["currency"],
        "renewal_date": renewal,
        "time_zone": data.get("timeZone"),
        "industry": data["industry"],
        "health_score": data["healthScore"],
        "renewal_likelihood": data["renewalLikelihood"],
        "usage": data["usage"],
        "owner": owner,
        "salesforce_opportunity_id": _crm_id("006", data["name"]),
    }
    contacts = [_contact(contact, data["contacts"], its_id, tenant_id, today) for contact in data["contacts"]]
    contracts = [_contract(contract, data["name"], its_id, tenant_id, renewal, today) for contract in data["contracts"]]
    of_it = (data, its_id, tenant_id, today)
    return Sample(
        customer,
        contacts,
        contracts,
        facts=[_signal(signal, its_id, tenant_id) for signal in data["signals"]] + sample_history.facts(*of_it),
        scores=sample_history.scores(*of_it),
        usage=sample_history.usage(*of_it),
        holds=sample_history.holds(*of_it),
    )


def _signal(data: JsonObject, customer_id: str, tenant_id: str) -> Columns:
    return {
        "id": ids.named("sample-signal", customer_id, data["kind"]),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "kind": data["kind"],
        "state": "open",
        "is_open": True,
        "on": None,
        "due_on": None,
        "source": None,
        "note": data["note"],
        "details": fact_kinds.get(data["kind"]).check({"percent": data.get("percent")}),
    }


def _crm_id(prefix: str, name: str) -> str:
    """An id of 18 characters in the CRM's form, always the same for the same name."""
    return prefix + ids.named("sample-crm", prefix, name).replace("-", "")[:15].upper()


def _contact(data: JsonObject, colleagues: list[JsonObject], customer_id: str, tenant_id: str, today: date) -> Columns:
    successor = next((colleague for colleague in colleagues if colleague["name"] == data.get("successor")), None)
    return {
        "id": _contact_id(customer_id, data["email"]),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "name": data["name"],
        "email": data["email"],
        "title": data["title"],
        "role": data["role"],
        "status": data.get("status", "active"),
        "sentiment": data["sentiment"],
        "is_primary": data.get("isPrimary", False),
        "opted_out": data.get("optedOut", False),
        "last_met_on": _ago(today, data.get("metDaysAgo")),
        "last_touch_on": _ago(today, data.get("touchDaysAgo")),
        "successor_id": _contact_id(customer_id, successor["email"]) if successor else None,
        "salesforce_id": _crm_id("003", data["email"]),
        "other_roles": data.get("otherRoles", []),
        "signs": data.get("signs", False),
        "signing_limit": Decimal(data["signingLimit"]) if "signingLimit" in data else None,
        "left_on": _ago(today, data.get("leftDaysAgo")),
        "left_to": data.get("leftTo"),
        "away_from": _ago(today, data.get("awayFromDaysAgo")),
        "away_until": _ago(today, data.get("awayUntilDaysAgo")),
        "deputy_id": _contact_id(customer_id, data["deputyEmail"]) if "deputyEmail" in data else None,
    }


def _contact_id(customer_id: str, email: str) -> str:
    return ids.named("sample-contact", customer_id, email)


def _ago(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)


def _contract(data: JsonObject, name: str, customer_id: str, tenant_id: str, renewal: date, today: date) -> Columns:
    if "effectiveDaysAgo" in data:
        start = today - timedelta(days=data["effectiveDaysAgo"])
    else:
        start = months_on(renewal + timedelta(days=1), -data["termMonths"])
    text = (FOLDER / data["file"]).read_text(encoding="utf-8")
    for placeholder, value in (("{customer}", name), ("{start}", _written(start)), ("{end}", _written(renewal))):
        text = text.replace(placeholder, value)
    return {
        "id": ids.named("sample-contract", customer_id, data["title"]),
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "title": data["title"],
        "text": text,
        "effective_on": start,
        "ends_on": renewal,
    }


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
