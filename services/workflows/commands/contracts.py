"""The commands on contracts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.contracts.commands import NOT_GIVEN, NotGiven
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class AddContract:
    """Add the text of a contract to a customer."""

    title: str
    text: str
    effective_on: date | None = None
    ends_on: date | None = None
    kind: str = "main_agreement"
    relates_to_id: str | None = None
    relation: str | None = None
    state: str = "signed"
    language: str | None = None
    parties: list[str] = field(default_factory=list)
    amount: Decimal | None = None
    currency: str | None = None
    products: list[str] = field(default_factory=list)
    committed_until: date | None = None
    anniversary_on: date | None = None
    price_steps: list[JsonObject] = field(default_factory=list)
    windows: list[JsonObject] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AddContractFile:
    """Add a contract that came as a file; without a title it has the file's name."""

    title: str | None = None
    effective_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeContract:
    """Change a contract; a text that a person gives is never replaced by one that is read."""

    title: str | NotGiven = NOT_GIVEN
    text: str | NotGiven = NOT_GIVEN
    effective_on: date | None | NotGiven = NOT_GIVEN
    ends_on: date | None | NotGiven = NOT_GIVEN
    kind: str | NotGiven = NOT_GIVEN
    relates_to_id: str | None | NotGiven = NOT_GIVEN
    relation: str | None | NotGiven = NOT_GIVEN
    state: str | NotGiven = NOT_GIVEN
    language: str | None | NotGiven = NOT_GIVEN
    parties: list[str] | NotGiven = NOT_GIVEN
    amount: Decimal | None | NotGiven = NOT_GIVEN
    currency: str | None | NotGiven = NOT_GIVEN
    products: list[str] | NotGiven = NOT_GIVEN
    committed_until: date | None | NotGiven = NOT_GIVEN
    anniversary_on: date | None | NotGiven = NOT_GIVEN
    price_steps: list[JsonObject] | NotGiven = NOT_GIVEN
    windows: list[JsonObject] | NotGiven = NOT_GIVEN
