"""What an analysis knows of one customer: plain facts, gathered once, so that every computation is pure."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class CustomerFacts:
    """The customer; `usage` and `signals` are as the API takes them, every part of them may be missing."""

    id: str
    name: str
    arr: Decimal
    currency: str
    renewal_date: date
    health_score: int | None = None
    renewal_likelihood: int | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    signals: tuple[dict[str, Any], ...] = ()
    opportunity_id: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class ContactFacts:
    """One person at the customer; `successor_id` names who took over from someone who left."""

    id: str
    name: str
    role: str
    title: str = ""
    is_primary: bool = False
    status: str = "active"
    sentiment: str = "unknown"
    last_met_on: date | None = None
    last_touch_on: date | None = None
    successor_id: str | None = None
    salesforce_id: str | None = None


@dataclass(frozen=True)
class ContractFacts:
    """One document; its dates are as somebody entered them, and may be missing."""

    id: str
    title: str
    text: str
    effective_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Dossier:
    """All that the steps of one execution compute from, as of `today` in the customer's time zone."""

    customer: CustomerFacts
    contacts: tuple[ContactFacts, ...]
    contracts: tuple[ContractFacts, ...]
    stage: str
    today: date

    @property
    def days_to_renewal(self) -> int:
        """Whole days until the renewal date; negative once it has passed."""
        return (self.customer.renewal_date - self.today).days
