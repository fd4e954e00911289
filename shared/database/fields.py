"""The column types that all contexts share."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import peewee

from shared.database.connection import is_postgres

JsonField = peewee.JSONField


class UtcDateTime(peewee.DateTimeField):
    """An aware datetime, returned in UTC. Stored naive in UTC, always with microseconds, so that the text sorts in
    order of time."""

    def db_value(self, value: Any) -> Any:
        """See peewee. ValueError for a time without a zone."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a moment without a time zone")
        naive = value.astimezone(UTC).replace(tzinfo=None)
        return naive if is_postgres(self.model._meta.database) else naive.isoformat(" ", "microseconds")

    def python_value(self, value: Any) -> Any:
        """See peewee."""
        if value is None:
            return None
        time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return time.replace(tzinfo=UTC)


class MoneyField(peewee.TextField):
    """A Decimal stored as text, exact on both engines; not for sums in SQL."""

    def db_value(self, value: Any) -> Any:
        """See peewee."""
        return None if value is None else str(value)

    def python_value(self, value: Any) -> Any:
        """See peewee."""
        return None if value is None else Decimal(value)


def IdField(**options: Any) -> peewee.TextField:
    """The primary key of our tables: text, made by the caller."""
    return peewee.TextField(primary_key=True, **options)
