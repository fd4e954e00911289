"""AI tasks and processors as the executor publishes them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.contracts.people import Actor, Snapshot

STATUSES = ("queued", "running", "success", "failed", "cancelled")


class Source(Schema):
    """Whose work an AI task is: `{service, kind, id}`."""

    service = fields.String(required=True)
    kind = fields.String(required=True)
    id = fields.String(required=True)


class TaskError(Schema):
    """Why a task failed; `outcomeUnknown` says that nobody knows whether the change outside was made."""

    type = fields.String(required=True)
    message = fields.String(required=True)
    stack_trace = fields.String(required=True, allow_none=True, data_key="stackTrace")
    permanent = fields.Boolean(required=True)
    outcome_unknown = fields.Boolean(required=True, data_key="outcomeUnknown")


class AttemptSnapshot(Schema):
    """One attempt at the task by a worker."""

    number = fields.Integer(required=True)
    started_at = fields.String(required=True, data_key="startedAt")
    ended_at = fields.String(required=True, allow_none=True, data_key="endedAt")
    outcome = fields.String(
        required=True, validate=validate.OneOf(("running", "success", "failed", "lost", "cancelled"))
    )
    error = fields.Raw(required=True, allow_none=True)


class EffectSnapshot(Schema):
    """One change outside, made once over the whole retry chain."""

    name = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("intended", "done", "unknown", "not_done")))
    key = fields.String(required=True)
    intended_at = fields.String(required=True, data_key="intendedAt")
    settled_at = fields.String(required=True, allow_none=True, data_key="settledAt")
    outcome = fields.Raw(required=True, allow_none=True)


class AiTaskSnapshot(Snapshot):
    """An AI task. `origin` is the first task of its retry chain, `retryNumber` its position there."""

    title = fields.String(required=True)
    processor = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    priority = fields.Integer(required=True)
    created_at = fields.String(required=True, data_key="createdAt")
    available_at = fields.String(required=True, data_key="availableAt")
    started_at = fields.String(required=True, allow_none=True, data_key="startedAt")
    finished_at = fields.String(required=True, allow_none=True, data_key="finishedAt")
    duration_ms = fields.Integer(required=True, allow_none=True, data_key="durationMs")
    retry_of = fields.String(required=True, allow_none=True, data_key="retryOf")
    origin = fields.String(required=True)
    retry_number = fields.Integer(required=True, data_key="retryNumber")
    subject = fields.String(required=True, allow_none=True)
    source = fields.Nested(Source, required=True, allow_none=True)
    metadata = fields.Dict(required=True)
    result = fields.Raw(required=True, allow_none=True)
    error = fields.Nested(TaskError, required=True, allow_none=True)
    max_attempts = fields.Integer(required=True, data_key="maxAttempts")
    attempts = fields.List(fields.Nested(AttemptSnapshot), required=True)
    effects = fields.List(fields.Nested(EffectSnapshot), required=True)
    by = fields.Nested(Actor, required=True)


class ProcessorSnapshot(Snapshot):
    """A processor, by its name; of no tenant. `metadataSchema` is JSON Schema 2020-12."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    description = fields.String(required=True)
    metadata_schema = fields.Dict(required=True, data_key="metadataSchema")
    dry_run = fields.Boolean(required=True, data_key="dryRun")
    deadline_seconds = fields.Float(required=True, data_key="deadlineSeconds")
