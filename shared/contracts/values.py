"""Marshmallow fields for values that are the same in every API and feed: times, money."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from shared.ground import clock

MONEY = re.compile(r"-?\d{1,15}(\.\d{1,2})?")


class Moment(fields.Field):
    """A time as RFC 3339 in UTC with `Z`. Input must have an offset; it becomes an aware datetime."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"type": "string", "format": "date-time", **self.metadata}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return clock.rfc3339(value) if isinstance(value, datetime) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return clock.parse(value)
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise ValidationError("Not a moment in RFC 3339 with an offset, such as 2026-11-21T12:00:00Z.") from None


CENTS = Decimal("0.01")


class Money(fields.Field):
    """An amount as a decimal string: at most two places on input, always two on output. Its currency is a separate
    field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.metadata = {"type": "string", "pattern": "^" + MONEY.pattern + "$", **self.metadata}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(Decimal(value).quantize(CENTS))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or not MONEY.fullmatch(value):
            raise ValidationError('Not an amount, such as "248127.00".')
        return Decimal(value).quantize(CENTS)
