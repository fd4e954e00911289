"""RFC 9457 problem details, the body of every error over HTTP."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields


class ProblemSchema(Schema):
    """`application/problem+json`: `detail` says what to do, `errors` names each bad field, `allowed` the moves that are open."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String()
    errors = fields.Dict()
    allowed = fields.List(fields.String())
