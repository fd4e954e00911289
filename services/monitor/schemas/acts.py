"""The REST schemas of the audit trail."""

from __future__ import annotations

from marshmallow import fields

from services.monitor.schemas.shapes import ID, Moment, TenantArgs
from shared.contracts.camel import CamelSchema
from shared.contracts.paging import PageArgs, page_of


class TrailArgs(PageArgs, TenantArgs):
    """Which acts."""

    subject_id = fields.String(load_default=None, validate=ID)
    by = fields.String(load_default=None, validate=ID, metadata={"description": "The id of who did it."})


class ActSchema(CamelSchema):
    """Who did what, when and why."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    at = Moment(required=True)
    source = fields.String(required=True)
    by = fields.Dict(required=True)
    verb = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)
    request_id = fields.String(required=True)


ActPage = page_of(ActSchema)
