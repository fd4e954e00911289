"""The commands on customers and on what people know of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.contracts.commands import NOT_GIVEN, NotGiven
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class AddCustomer:
    """Add a customer."""

    name: str
    arr: Decimal
    currency: str
    renewal_date: date | None = None
    renewal_terms: str = "dated"
    renewal_date_source: str | None = None
    external_id: str | None = None
    time_zone: str | None = None
    industry: str | None = None
    health_score: int | None = None
    renewal_likelihood: int | None = None
    usage: JsonObject = field(default_factory=dict)
    signals: list[JsonObject] = field(default_factory=list)
    owner: str | None = None
    notes: str = ""
    tier: str | None = None
    parent_name: str | None = None
    parent_relation: str | None = None
    executive_sponsor: str | None = None
    language: str | None = None
    fiscal_year_end: date | None = None
    salesforce_opportunity_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeCustomer:
    """Change a customer."""

    name: str | NotGiven = NOT_GIVEN
    arr: Decimal | NotGiven = NOT_GIVEN
    currency: str | NotGiven = NOT_GIVEN
    renewal_date: date | None | NotGiven = NOT_GIVEN
    renewal_terms: str | NotGiven = NOT_GIVEN
    renewal_date_source: str | None | NotGiven = NOT_GIVEN
    external_id: str | None | NotGiven = NOT_GIVEN
    time_zone: str | None | NotGiven = NOT_GIVEN
    industry: str | None | NotGiven = NOT_GIVEN
    health_score: int | None | NotGiven = NOT_GIVEN
    renewal_likelihood: int | None | NotGiven = NOT_GIVEN
    usage: JsonObject | NotGiven = NOT_GIVEN
    signals: list[JsonObject] | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    notes: str | NotGiven = NOT_GIVEN
    tier: str | None | NotGiven = NOT_GIVEN
    parent_name: str | None | NotGiven = NOT_GIVEN
    parent_relation: str | None | NotGiven = NOT_GIVEN
    executive_sponsor: str | None | NotGiven = NOT_GIVEN
    language: str | None | NotGiven = NOT_GIVEN
    fiscal_year_end: date | None | NotGiven = NOT_GIVEN
    salesforce_opportunity_id: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class ActOnCustomers:
    """Do one action with many customers; the fields after `action` are those of single actions."""

    customer_ids: list[str]
    action: str
    owner: str | None = None
    stage: str | None = None
    title: str | None = None
    due_date: date | None = None
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddFact:
    """Record a fact about a customer; without a state, in the first of its kind."""

    kind: str
    state: str | None = None
    on: date | None = None
    due_on: date | None = None
    source: str | None = None
    note: str = ""
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChangeFact:
    """Change a fact about a customer. Its kind stays; `details` replaces all of them."""

    state: str | NotGiven = NOT_GIVEN
    on: date | None | NotGiven = NOT_GIVEN
    due_on: date | None | NotGiven = NOT_GIVEN
    source: str | None | NotGiven = NOT_GIVEN
    note: str | NotGiven = NOT_GIVEN
    details: JsonObject | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class PlaceHold:
    """Let nothing reach a customer for a time, both days included; from today where no day is given."""

    reason: str
    from_on: date | None = None
    until_on: date | None = None
    asked_by: str | None = None
    exceptions: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AddScore:
    """Record the health or the likelihood of a customer as somebody gave it on a day; today where none is given."""

    measure: str
    value: int
    on: date | None = None
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddUsage:
    """Record the use of a product at a site on a day; `active` is None where there is no data."""

    on: date
    product: str = ""
    site: str = ""
    active: int | None = None
    licensed: int | None = None
    live: bool = True
    source: str | None = None
    note: str = ""
