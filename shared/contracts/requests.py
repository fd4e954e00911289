"""The snapshots of requests, by which a service asks for a change in another one (docs/design.md, "Requests")."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.ai_tasks import Source
from shared.contracts.people import Actor, Snapshot


class AiTaskRequest(Snapshot):
    """To the executor: an AI task. `retryOf` is the last AI task of the chain that it continues."""

    title = fields.String(required=True)
    processor = fields.String(required=True)
    metadata = fields.Dict(required=True)
    priority = fields.Integer(required=True)
    run_at = fields.String(required=True, allow_none=True, data_key="runAt")
    subject = fields.String(required=True, allow_none=True)
    source = fields.Nested(Source, required=True)
    retry_of = fields.String(required=True, allow_none=True, data_key="retryOf")
    created_at = fields.String(load_default=None, allow_none=True, data_key="createdAt")
    by = fields.Nested(Actor, required=True)


class TaskRequest(Snapshot):
    """To workflows: a task for a person, snoozed until `snoozedUntil` if given."""

    title = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    due_date = fields.String(required=True, allow_none=True, data_key="dueDate")
    snoozed_until = fields.String(required=True, allow_none=True, data_key="snoozedUntil")
    snooze_reason = fields.String(required=True, allow_none=True, data_key="snoozeReason")
    customer_id = fields.String(required=True, allow_none=True, data_key="customerId")
    execution_id = fields.String(required=True, allow_none=True, data_key="executionId")
    partnership_id = fields.String(load_default=None, allow_none=True, data_key="partnershipId")
    partnership_name = fields.String(load_default=None, allow_none=True, data_key="partnershipName")
    owner = fields.String(required=True, allow_none=True)
    related_action = fields.String(required=True, allow_none=True, data_key="relatedAction")
    source = fields.Nested(Source, required=True)
    by = fields.Nested(Actor, required=True)


class TriggerRequest(Snapshot):
    """To workflows: schedule the next workflow of an execution; it confirms the trigger that finalize wrote."""

    execution_id = fields.String(required=True, data_key="executionId")
    customer_id = fields.String(required=True, data_key="customerId")
    stage = fields.String(required=True)
    trigger_date = fields.String(required=True, data_key="triggerDate")
    conditions = fields.List(fields.String(), required=True)
    source = fields.Nested(Source, required=True)
    by = fields.Nested(Actor, required=True)


class NotificationRequest(Snapshot):
    """To the monitor: a notification for one person, or for the whole tenant without `recipientId`. `source` is the work
    that an AI task was done for, if the notification is about its end."""

    recipient_id = fields.String(required=True, allow_none=True, data_key="recipientId")
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    source = fields.Nested(Source, load_default=None, allow_none=True)
    created_at = fields.String(required=True, data_key="createdAt")
    by = fields.Nested(Actor, required=True)


class AiTaskRemovalRequest(Snapshot):
    """To the executor: delete the AI tasks about these subjects, which are gone."""

    subjects = fields.List(fields.String(), required=True)
    by = fields.Nested(Actor, required=True)


class SampleRemovalRequest(Snapshot):
    """To everybody who loaded samples for the tenant: remove them, and load them no more."""

    by = fields.Nested(Actor, required=True)
