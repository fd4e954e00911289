"""The shapes of guided runs over REST."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.contracts.paging import PageArgs, page_of
from shared.contracts.values import Moment

STATUSES = ("in_progress", "paused", "completed", "cancelled")


class GuidedRunSchema(Schema):
    """A run as lists show it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(required=True)
    template_id = fields.String(required=True, allow_none=True, data_key="templateId")
    owner = fields.String(required=True, allow_none=True)
    linked_partnership_ids = fields.List(fields.String(), required=True, data_key="linkedPartnershipIds")
    outcome = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True, data_key="createdAt")
    completed_at = Moment(required=True, allow_none=True, data_key="completedAt")


GuidedRunPage = page_of(GuidedRunSchema)


class GuidedRunArgs(PageArgs):
    """Filters of the list."""

    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    template_id = fields.String(load_default=None, validate=validate.Length(max=80))
    q = fields.String(
        load_default=None, validate=validate.Length(max=200), metadata={"description": "Part of the name."}
    )
