"""How our names and those of JSON meet: snake_case here, camelCase there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from shared import clock

LONGEST_ID = 80


def camel(name: str) -> str:
    """`renewal_date` -> `renewalDate`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class CamelSchema(Schema):
    """A shape whose fields are camelCase in JSON; an unknown field is an error."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Name the field in JSON as JSON names things."""
        field_obj.data_key = field_obj.data_key or camel(field_name)


class JsonSchema(CamelSchema):
    """A shape of what is kept as JSON already, so that its keys are camelCase on both sides."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Read and write the field under the name that JSON has for it."""
        super().on_bind_field(field_name, field_obj)
        field_obj.attribute = field_obj.data_key


class MomentOrDay(fields.Field):
    """A moment in RFC 3339, or a date alone, which means that day's morning."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata.setdefault("type", "string")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime | date:
        if not isinstance(value, str):
            raise ValidationError("Not a moment or a date.")
        try:
            return date.fromisoformat(value) if len(value) == len("2026-11-30") else clock.parse(value)
        except (ValueError, OverflowError):
            raise ValidationError("Not a moment such as 2026-11-30T08:00:00Z, or a date such as 2026-11-30.") from None


def line(longest: int, **options: Any) -> fields.String:
    """A text of at least one character that is not a space, and of at most `longest`."""
    checks = [validate.Length(1, longest), validate.Regexp(r"[\s\S]*\S", error="It is empty.")]
    return fields.String(validate=checks, **options)


def optional(longest: int, **options: Any) -> fields.String:
    """A text of at most `longest` characters, or null."""
    return fields.String(allow_none=True, validate=validate.Length(max=longest), **{"load_default": None, **options})


def an_id(**options: Any) -> fields.String:
    """The id of something."""
    return fields.String(validate=validate.Length(1, LONGEST_ID), **options)


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """A whole number within bounds; a number in quotes is none."""
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


def time_zone(value: str | None) -> None:
    """ValidationError for what is no IANA time zone."""
    if value is not None and value not in available_timezones():
        raise ValidationError("Not an IANA time zone such as Pacific/Auckland.")
