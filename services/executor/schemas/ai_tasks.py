"""The REST schemas of AI tasks, their attempts and effects."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from services.executor.states import TASK_STATES
from services.executor.submitting import HIGHEST, LOWEST
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.people import Actor
from shared.contracts.strict import Flag, StrictSchema, line, prose
from shared.contracts.values import Moment

SHORT, LONG = 64, 255


class SourceSchema(StrictSchema):
    """Whose work an AI task is."""

    service = line(SHORT, required=True)
    kind = line(SHORT, required=True)
    id = line(SHORT, required=True)


class AiTaskIn(StrictSchema):
    """An AI task that is wanted; `metadata` is checked against its processor's own schema."""

    id = fields.UUID(
        load_default=None,
        metadata={
            "description": "Made by the caller, so that a repeat is nothing new; of version 4 or 7. Where a person's cannot "
            "stand, the task's own id is made from it, and the answer says which."
        },
    )
    processor = line(SHORT, required=True)
    metadata = fields.Dict(required=True)
    title = line(LONG, load_default=None)
    priority = fields.Integer(
        load_default=3, strict=True, validate=validate.Range(HIGHEST, LOWEST), metadata={"description": "1 goes first."}
    )
    run_at = Moment(load_default=None, allow_none=True, data_key="runAt")
    subject = line(SHORT, load_default=None, allow_none=True, metadata={"description": "The customer's id."})
    source = fields.Nested(SourceSchema, load_default=None, allow_none=True)


class CancelIn(StrictSchema):
    """Why, if anybody wants to say."""

    reason = prose(LONG, load_default=None)


class ResolveIn(StrictSchema):
    """What a person found outside."""

    happened = Flag(required=True)
    reason = prose(LONG, required=True)


class ErrorSchema(Schema):
    """Why it failed; the stack trace is for developers."""

    type = fields.String(required=True)
    message = fields.String(required=True)
    stack_trace = fields.String(required=True, allow_none=True, data_key="stackTrace", attribute="stackTrace")
    permanent = fields.Boolean(required=True)
    outcome_unknown = fields.Boolean(required=True, data_key="outcomeUnknown", attribute="outcomeUnknown")


class AiTaskItem(Schema):
    """An AI task as lists show it: no payloads."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    processor = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(TASK_STATES))
    priority = fields.Integer(required=True)
    created_at = Moment(required=True, data_key="createdAt")
    available_at = Moment(required=True, data_key="availableAt")
    started_at = Moment(required=True, allow_none=True, data_key="startedAt")
    finished_at = Moment(required=True, allow_none=True, data_key="finishedAt")
    cancel_requested_at = Moment(required=True, allow_none=True, data_key="cancelRequestedAt")
    duration_ms = fields.Integer(required=True, allow_none=True, data_key="durationMs")
    attempt_count = fields.Integer(required=True, data_key="attemptCount", attribute="attempts")
    max_attempts = fields.Integer(required=True, data_key="maxAttempts")
    retry_of = fields.String(required=True, allow_none=True, data_key="retryOf")
    origin = fields.String(required=True)
    retry_number = fields.Integer(required=True, data_key="retryNumber")
    subject = fields.String(required=True, allow_none=True)
    source = fields.Nested(SourceSchema, required=True, allow_none=True)


class AttemptSchema(Schema):
    """One claim of the task and what came of it."""

    number = fields.Integer(required=True)
    started_at = Moment(required=True, data_key="startedAt")
    ended_at = Moment(required=True, allow_none=True, data_key="endedAt")
    outcome = fields.String(required=True)
    error = fields.Nested(ErrorSchema, required=True, allow_none=True)


class EffectSchema(Schema):
    """One change outside, made once for the task and its retries."""

    name = fields.String(required=True)
    status = fields.String(required=True)
    key = fields.String(required=True)
    intended_at = Moment(required=True, data_key="intendedAt")
    settled_at = Moment(required=True, allow_none=True, data_key="settledAt")
    outcome = fields.Raw(required=True, allow_none=True)
    resolved_by = fields.Nested(Actor, required=True, allow_none=True, data_key="resolvedBy")
    reason = fields.String(required=True, allow_none=True)


class AiTaskSchema(AiTaskItem):
    """An AI task, whole. `metadata`, `result`, an effect's `outcome` and stack traces are null below the role developer."""

    metadata = fields.Dict(required=True, allow_none=True)
    result = fields.Raw(required=True, allow_none=True)
    error = fields.Nested(ErrorSchema, required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True, attribute="attempt_rows")
    effects = fields.List(fields.Nested(EffectSchema), required=True)
    artifacts = fields.List(fields.Dict(), required=True)
    by = fields.Nested(Actor, required=True)


AiTaskPage = page_of(AiTaskItem)


def _source(text: str) -> None:
    if len(text.split(":")) != 3 or not all(text.split(":")):
        raise ValidationError("Not of the form service:kind:id.")


class AiTaskArgs(PageArgs):
    """Filters of the list."""

    status = fields.String(load_default=None, validate=validate.OneOf(TASK_STATES))
    processor = line(SHORT, load_default=None)
    source = fields.String(
        load_default=None,
        validate=[validate.Length(max=3 * SHORT), _source],
        metadata={"description": "service:kind:id"},
    )
    q = fields.String(
        load_default=None, validate=validate.Length(1, 200), metadata={"description": "The id, or part of the title."}
    )
