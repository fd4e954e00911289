"""Parts of JSON Schema that several processors use for their metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.contracts.references import PERSON
from shared.ground.json_types import JsonObject

JsonSchema = JsonObject


def record(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> JsonSchema:
    """An object with no other properties than these; those of `required` must be present."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


def text(longest: int, **more: Any) -> JsonSchema:
    """A non-empty text of at most `longest` characters."""
    return {"type": "string", "minLength": 1, "maxLength": longest, **more}


def integer(least: int, most: int) -> JsonSchema:
    """A whole number within bounds."""
    return {"type": "integer", "minimum": least, "maximum": most}


def array(item: Mapping[str, Any], most: int, **more: Any) -> JsonSchema:
    """A list of up to `most` items."""
    return {"type": "array", "items": dict(item), "maxItems": most, **more}


def boolean() -> JsonSchema:
    """True or false."""
    return {"type": "boolean"}


def date() -> JsonSchema:
    """A date, as 2026-11-10."""
    return text(10, format="date")


def reference() -> JsonSchema:
    """The id of an object in another service, or of a record in an external system."""
    return text(64)


def optional_reference() -> JsonSchema:
    """Like `reference`, or null, which planners write when there is none."""
    return {"type": ["string", "null"], "minLength": 1, "maxLength": 64}


def optional_person() -> JsonSchema:
    """The id of a person of the tenant, or null."""
    return {**optional_reference(), "format": PERSON}


def line(longest: int) -> JsonSchema:
    """A text that a header can hold: one line, no control characters."""
    return text(longest, format="line")


def mailbox() -> JsonSchema:
    """An e-mail address, and the name if it is known."""
    return record({"email": text(254, format="email")}, {"name": {**line(255), "minLength": 0}})


def date_time() -> JsonSchema:
    """A time with its offset, as 2026-11-21T12:00:00Z."""
    return text(40, format="date-time")


def time_zone() -> JsonSchema:
    """An IANA time zone, as Europe/Berlin."""
    return text(64, format="time-zone")


def schema(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> JsonSchema:
    """A whole metadata schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **record(required, optional)}
