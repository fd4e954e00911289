"""What the finder asks each service for, as somebody types."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.strict import StrictSchema

LONGEST = 200
"""The most characters that are searched for."""

FOUND_OF_A_KIND = 5
"""So many of each kind are found."""


class FindArgs(StrictSchema):
    """What is searched for."""

    q = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST),
        metadata={"description": "Beginnings of words of a name; a text without a word finds nothing."},
    )
