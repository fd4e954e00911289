"""The REST schemas of stored files."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.contracts.strict import StrictSchema, line
from shared.contracts.values import Moment

LONG = 255


class FileArgs(StrictSchema):
    """The name and the type of a file that is sent; the body is its content."""

    name = line(LONG, required=True)
    media_type = line(LONG, load_default="application/octet-stream", data_key="mediaType")


class FileSchema(Schema):
    """A stored file."""

    sha256 = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True, data_key="mediaType")
    size = fields.Integer(required=True)
    created_at = Moment(required=True, data_key="createdAt")
