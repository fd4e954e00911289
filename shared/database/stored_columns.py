"""Columns of a row kept as JSON, so that what was changed can be put back (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import peewee

from shared.database.fields import MoneyField, UtcDateTime
from shared.ground import clock
from shared.ground.json_types import JsonObject


def columns_as_json(row: Any, names: Sequence[str]) -> JsonObject:
    """These columns of a row as JSON, for `columns_from_json`."""
    return {name: _as_json(getattr(row, name)) for name in names}


def columns_from_json(model: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that `columns_as_json` wrote, as the model takes them."""
    return {name: _from_json(model._meta.fields[name], value) for name, value in columns.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _from_json(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, UtcDateTime):
        return clock.parse(value)
    if isinstance(field, MoneyField):
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(field, peewee.DateField) else value
