"""Tasks for people, as workflows publishes them for the contexts that requested them."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.ai_tasks import Source
from shared.contracts.people import Snapshot

STATUSES = ("open", "in_progress", "snoozed", "completed", "cancelled")
OPEN = STATUSES[:3]
"""The statuses of a task that has not ended."""


class TaskSnapshot(Snapshot):
    """A task made for a `task-request`, with the request's id and `source`."""

    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    priority = fields.Integer(required=True)
    owner = fields.String(required=True, allow_none=True)
    due_date = fields.String(required=True, allow_none=True, data_key="dueDate")
    snoozed_until = fields.String(required=True, allow_none=True, data_key="snoozedUntil")
    completed_at = fields.String(required=True, allow_none=True, data_key="completedAt")
    partnership_id = fields.String(required=True, allow_none=True, data_key="partnershipId")
    source = fields.Nested(Source, required=True)
