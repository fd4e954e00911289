"""The type that defines a kind of fact about a customer: its words, its states and its details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from apispec.ext.marshmallow import OpenAPIConverter
from marshmallow import ValidationError, fields, validate

from shared.contracts.camel import StoredSchema
from shared.contracts.strict import line as one_line
from shared.contracts.strict import optional_line, whole
from shared.contracts.values import Money
from shared.ground import wording
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

_CONVERTER = OpenAPIConverter("3.1.0", lambda schema: "", None)  # type: ignore[arg-type]


@dataclass(frozen=True)
class State:
    """A state of a fact; an open one still bears on the renewal."""

    key: str
    title: str
    is_open: bool = True


@dataclass(frozen=True)
class Group:
    """A group of kinds, as pages show them together."""

    key: str
    title: str


SIGNAL = Group("signal", "Signals")
DATE = Group("date", "Dates")
SERVICE = Group("service", "Service")
PAYMENT = Group("payment", "Payment")
DEAL = Group("deal", "Deal")
OURS = Group("ours", "On our side")

GROUPS = (SIGNAL, DATE, DEAL, PAYMENT, SERVICE, OURS)
"""All groups, in the order of a customer's page."""

RECORDED = (State("open", "Stands"), State("closed", "Closed", is_open=False))
"""The states of a fact that stands until it does not."""

WATCHED = (
    State("open", "Open"),
    State("watching", "Watching"),
    State("explained", "Explained", is_open=False),
    State("closed", "Closed", is_open=False),
)
"""The states of a signal."""


class Details(StoredSchema):
    """The details of a fact; each kind has its own."""


@dataclass(frozen=True, eq=False)
class FactKind:
    """A kind of fact; each is a module of `fact_kinds`.

    `details` is the schema of what only this kind holds. `says` makes one line of the details; the first of `states` is
    that of a new fact.
    """

    key: str
    group: Group
    title: str
    help: str
    details: type[Details]
    says: Callable[[Mapping[str, Any]], str]
    states: tuple[State, ...] = RECORDED

    def check(self, details: Mapping[str, Any]) -> JsonObject:
        """The details as they are stored. Invalid names each wrong field as `details.<field>`."""
        schema = self.details()
        try:
            return dict(schema.dump(schema.load(dict(details))))
        except ValidationError as error:
            errors = {f"details.{name}": reasons for name, reasons in error.normalized_messages().items()}
            raise Invalid(f"The details do not fit: {self.title.lower()}.", errors=errors) from None

    def state(self, key: str | None) -> State:
        """The state of this key, the first for None. Invalid for another kind's."""
        if key is None:
            return self.states[0]
        for state in self.states:
            if state.key == key:
                return state
        allowed = ", ".join(state.key for state in self.states)
        raise Invalid("There is no such state.", errors={"state": [f"One of {allowed}."]})

    @property
    def schema(self) -> JsonObject:
        """The JSON Schema of the details."""
        return dict(_CONVERTER.schema2jsonschema(self.details()))


def text(title: str, *, required: bool = False, longest: int = 200) -> fields.Field:
    """A line of the details."""
    if required:
        return one_line(longest, required=True, metadata={"title": title})
    return optional_line(longest, metadata={"title": title})


def number(title: str, most: int = 10_000_000) -> fields.Field:
    """A whole number of the details, or null."""
    return whole(0, most, allow_none=True, load_default=None, metadata={"title": title})


def percent(title: str = "Percent") -> fields.Field:
    """A share from 0 to 100, or null."""
    return fields.Float(allow_none=True, load_default=None, validate=validate.Range(0, 100), metadata={"title": title})


def day(title: str) -> fields.Field:
    """A date of the details, or null."""
    return fields.Date(allow_none=True, load_default=None, metadata={"title": title})


def amount(title: str) -> fields.Field:
    """An amount of money as a decimal string, or null; its currency is another field."""
    return Money(allow_none=True, load_default=None, metadata={"title": title})


def currency() -> fields.Field:
    """The currency of the amounts beside it, or null for the customer's own."""
    return fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Regexp(r"^[A-Z]{3}\Z", error="Not a currency such as USD."),
        metadata={"title": "Currency"},
    )


def choice(title: str, choices: tuple[str, ...], *, required: bool = False) -> fields.Field:
    """One of a few words."""
    options: dict[str, Any] = {"required": True} if required else {"allow_none": True, "load_default": None}
    return fields.String(validate=validate.OneOf(choices), metadata={"title": title}, **options)


def joined(*parts: Any, between: str = ", ") -> str:
    """The parts that say something, in one line."""
    return between.join(str(part) for part in parts if part not in (None, ""))


def money(details: Mapping[str, Any], name: str) -> str:
    """An amount of the details with its currency; empty without one."""
    return wording.money(details.get(name), details.get("currency"))


def share(details: Mapping[str, Any]) -> str:
    """The percent of the details; empty without one."""
    value = details.get("percent")
    return "" if value is None else f"{value:g} %"
