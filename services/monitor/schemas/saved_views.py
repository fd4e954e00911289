"""The REST schemas of saved views."""

from __future__ import annotations

from marshmallow import RAISE, ValidationError, fields, validate

from services.monitor import saved_views
from services.monitor.schemas.shapes import Moment
from shared.contracts.camel import CamelSchema
from shared.contracts.paging import page_of
from shared.contracts.strict import Flag, StrictSchema, line


def _is_query(value: str) -> None:
    """ValidationError when it is not the query of a URL, without its question mark."""
    if not value.isascii() or not value.isprintable() or " " in value or value.startswith("?") or "#" in value:
        raise ValidationError("Not the query of a URL, such as owner=me&sort=-arr.")


class SavedViewIn(StrictSchema):
    """A view as it is kept; `query` is the query of the page's URL."""

    page = fields.String(required=True, validate=validate.OneOf(saved_views.PAGES))
    name = line(60, required=True)
    query = fields.String(load_default="", validate=[validate.Length(max=2_000), _is_query])
    shared = Flag(load_default=False)


class SavedViewChange(StrictSchema):
    """What changes of a view."""

    name = line(60)
    query = fields.String(validate=[validate.Length(max=2_000), _is_query])
    shared = Flag()


class SavedViewArgs(StrictSchema):
    """Filters of saved views."""

    class Meta:
        unknown = RAISE

    page = fields.String(load_default=None, validate=validate.OneOf(saved_views.PAGES))


class SavedViewSchema(CamelSchema):
    """A view of a list; `owner` is who keeps it."""

    id = fields.String(required=True)
    page = fields.String(required=True)
    name = fields.String(required=True)
    query = fields.String(required=True)
    owner = fields.String(required=True)
    shared = fields.Boolean(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)


SavedViewPage = page_of(SavedViewSchema)
