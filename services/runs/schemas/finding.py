"""The REST schemas of what is found as somebody types."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.camel import CamelSchema


class FoundPartnership(CamelSchema):
    """A partnership, and what tells it apart."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    stage = fields.String(required=True)


class FoundGuidedRun(CamelSchema):
    """A guided run, and what tells it apart."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)


class Found(CamelSchema):
    """The first few of each kind."""

    partnerships = fields.List(fields.Nested(FoundPartnership), required=True)
    guided_runs = fields.List(fields.Nested(FoundGuidedRun), required=True)
