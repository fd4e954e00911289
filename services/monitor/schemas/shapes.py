"""What the schemas of the monitor share: times and tenants."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import fields, validate

from shared.contracts.strict import StrictSchema
from shared.ground import clock

ID = validate.Length(1, 100)


NAME = validate.Length(1, 200)


class Moment(fields.AwareDateTime):
    """A time. One without an offset, or a date alone, is taken as UTC; it is written as RFC 3339 with `Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return clock.rfc3339(value)


class TenantArgs(StrictSchema):
    """Whose rows: one's own by default, any tenant or `*` for a super admin."""

    tenant = fields.String(
        load_default=None, validate=ID, metadata={"description": "Another tenant, or `*`; super admins only."}
    )
