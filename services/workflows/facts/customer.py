"""The facts about one customer, read once, so that every computation from them is pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from shared.ground.json_types import JsonObject

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class CustomerFacts:
    """The customer. `usage` and `signals` have the form of the API; all but the kind of a signal may be missing."""

    id: str
    name: str
    arr: Decimal
    currency: str
    renewal_date: date
    health_score: int | None = None
    renewal_likelihood: int | None = None
    usage: JsonObject = field(default_factory=dict)
    signals: Sequence[JsonObject] = ()
    salesforce_opportunity_id: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class ContactFacts:
    """One person at the customer; `successor_id` names who replaces a person who left."""

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
    """One contract document; its dates were typed by a person and may be missing."""

    id: str
    title: str
    text: str
    effective_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class HoldFacts:
    """A time in which nothing may reach the customer, to its last day if one is known."""

    reason: str
    from_on: date
    until_on: date | None = None
    asked_by: str | None = None
    exceptions: Sequence[str] = ()


@dataclass(frozen=True)
class KnownFact:
    """A fact that stands, of a kind of `fact_kinds`; `on` is its date, `due_on` the day that it is due."""

    kind: str
    details: JsonObject
    note: str = ""
    on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class CustomerContext:
    """A customer with its contacts and contracts, as of `today` in its time zone; the hold under which it is then, and
    the facts that stand and are no signals."""

    customer: CustomerFacts
    contacts: tuple[ContactFacts, ...]
    contracts: tuple[ContractFacts, ...]
    today: date
    hold: HoldFacts | None = None
    known: tuple[KnownFact, ...] = ()

    @property
    def days_to_renewal(self) -> int:
        """Whole days until the renewal date; negative once it has passed."""
        return (self.customer.renewal_date - self.today).days


def of_columns(facts: type[Facts], columns: Mapping[str, Any]) -> Facts:
    """The facts of a row: its columns that have the names of the facts."""
    names = (field.name for field in fields(facts))  # type: ignore[arg-type]
    return facts(**{name: columns[name] for name in names if name in columns})
