"""The query parameters and the body of every list (docs/design.md, "Lists")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from shared.contracts.strict import StrictSchema

COUNTED_UP_TO = 10_000
"""The highest exact total; a greater one is given as this number, with `totalIsExact` false. So is one that was not
counted, as a number of which there are at least so many."""

DEEPEST_OFFSET = 10_000
"""The greatest offset, because an offset reads every row that it skips."""


@dataclass(frozen=True)
class Page:
    """Some rows of a list. `next` is the cursor of the next page, None at the end."""

    items: list[Any]
    limit: int
    offset: int
    total: int
    total_is_exact: bool
    next: str | None


class PageArgs(StrictSchema):
    """Query parameters of a list; contexts subclass it with their filters."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100), metadata={"description": "Rows a page."})
    offset = fields.Integer(
        load_default=0, validate=validate.Range(0, DEEPEST_OFFSET), metadata={"description": "Rows to skip."}
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=600),
        metadata={"description": "`pagination.next` of the page before."},
    )


class Pagination(Schema):
    """The position of a page in its list."""

    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)
    total = fields.Integer(required=True)
    total_is_exact = fields.Boolean(required=True, data_key="totalIsExact")
    next = fields.String(required=True, allow_none=True)


def page_of(item: type[Schema]) -> type[Schema]:
    """The body of a list of `item`: `{"items": [...], "pagination": {...}}`."""
    name = item.__name__.removesuffix("Schema")
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "pagination": fields.Nested(Pagination, required=True),
        },
        name=f"{name}Page",
    )
