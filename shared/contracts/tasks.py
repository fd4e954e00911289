"""Tasks for people as workflows publishes them: those that another context asked for, back to whoever did."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.ai_tasks import Source
from shared.contracts.people import Snapshot


class TaskSnapshot(Snapshot):
    """A task that a `task-request` made, under the request's id. `source` is the request's own."""

    title = fields.String(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(("open", "in_progress", "snoozed", "completed", "cancelled"))
    )
    priority = fields.Integer(required=True)
    owner = fields.String(required=True, allow_none=True)
    due_date = fields.String(required=True, allow_none=True, data_key="dueDate")
    snoozed_until = fields.String(required=True, allow_none=True, data_key="snoozedUntil")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    partnership_id = fields.String(required=True, allow_none=True, data_key="partnershipId")
    source = fields.Nested(Source, required=True)
