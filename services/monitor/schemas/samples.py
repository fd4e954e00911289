"""The REST schema of the removal of the samples."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.camel import CamelSchema


class SampleRemovalSchema(CamelSchema):
    """`isNew` is whether this is the first request for the removal of the samples."""

    is_new = fields.Boolean(required=True)
