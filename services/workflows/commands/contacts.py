"""The commands on contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.contracts.commands import NOT_GIVEN, NotGiven


@dataclass(frozen=True, kw_only=True)
class AddContact:
    """Add a contact at a customer."""

    customer_id: str
    name: str
    email: str | None = None
    title: str = ""
    role: str = "other"
    status: str = "active"
    sentiment: str = "unknown"
    is_primary: bool = False
    opted_out: bool = False
    last_met_on: date | None = None
    last_touch_on: date | None = None
    successor_id: str | None = None
    salesforce_id: str | None = None
    other_roles: list[str] = field(default_factory=list)
    signs: bool = False
    signing_limit: Decimal | None = None
    signing_currency: str | None = None
    last_touch_by: str | None = None
    answered: bool | None = None
    left_on: date | None = None
    left_to: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    deputy_id: str | None = None
    channel: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeContact:
    """Change a contact. It cannot move to another customer."""

    name: str | NotGiven = NOT_GIVEN
    email: str | None | NotGiven = NOT_GIVEN
    title: str | NotGiven = NOT_GIVEN
    role: str | NotGiven = NOT_GIVEN
    status: str | NotGiven = NOT_GIVEN
    sentiment: str | NotGiven = NOT_GIVEN
    is_primary: bool | NotGiven = NOT_GIVEN
    opted_out: bool | NotGiven = NOT_GIVEN
    last_met_on: date | None | NotGiven = NOT_GIVEN
    last_touch_on: date | None | NotGiven = NOT_GIVEN
    successor_id: str | None | NotGiven = NOT_GIVEN
    salesforce_id: str | None | NotGiven = NOT_GIVEN
    other_roles: list[str] | NotGiven = NOT_GIVEN
    signs: bool | NotGiven = NOT_GIVEN
    signing_limit: Decimal | None | NotGiven = NOT_GIVEN
    signing_currency: str | None | NotGiven = NOT_GIVEN
    last_touch_by: str | None | NotGiven = NOT_GIVEN
    answered: bool | None | NotGiven = NOT_GIVEN
    left_on: date | None | NotGiven = NOT_GIVEN
    left_to: str | None | NotGiven = NOT_GIVEN
    away_from: date | None | NotGiven = NOT_GIVEN
    away_until: date | None | NotGiven = NOT_GIVEN
    deputy_id: str | None | NotGiven = NOT_GIVEN
    channel: str | None | NotGiven = NOT_GIVEN
    organisation: str | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class MergeContacts:
    """Merge duplicates of a person into one contact, which keeps its own values and takes what it has not."""

    keep_id: str
    other_ids: list[str]
