"""Converts between snake_case names in Python and camelCase names in JSON; checks times or days, and time zones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields

from shared.contracts.strict import StrictSchema
from shared.ground import clock
from shared.ground.json_types import JsonObject


def camel(name: str) -> str:
    """`renewal_date` -> `renewalDate`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def camel_columns(row: Any, *names: str) -> JsonObject:
    """These columns of a row as JSON, such as `{"startsAt": "2026-11-30T08:00:00Z"}`."""
    return {camel(name): _as_json(getattr(row, name)) for name in names}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    return value.isoformat() if isinstance(value, date) else value


class CamelSchema(StrictSchema):
    """A schema whose fields are camelCase in JSON; an unknown field is an error."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Set the JSON name of the field."""
        field_obj.data_key = field_obj.data_key or camel(field_name)


class StoredSchema(CamelSchema):
    """A schema for values that are stored as JSON, whose keys are camelCase on both sides."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Read and write the field under its JSON name."""
        super().on_bind_field(field_name, field_obj)
        field_obj.attribute = field_obj.data_key


class MomentOrDay(fields.Field):
    """A time in RFC 3339, or a date, which means the morning of that day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"type": "string", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime | date:
        if not isinstance(value, str):
            raise ValidationError("Not a moment or a date.")
        try:
            return date.fromisoformat(value) if len(value) == len("2026-11-30") else clock.parse(value)
        except (ValueError, OverflowError):
            raise ValidationError("Not a moment such as 2026-11-30T08:00:00Z, or a date such as 2026-11-30.") from None


def time_zone(value: str | None) -> None:
    """ValidationError when it is not an IANA time zone."""
    if value is not None and value not in available_timezones():
        raise ValidationError("Not an IANA time zone such as Pacific/Auckland.")
