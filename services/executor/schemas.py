"""The REST schemas of AI tasks, effects, processors, queues, the sandbox CRM and the local mailbox."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.executor.states import TASK_STATES
from services.executor.submitting import HIGHEST, LOWEST
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.people import Actor
from shared.contracts.strict import Flag, line, prose
from shared.contracts.values import Moment

SHORT, LONG = 64, 255


def _text(longest: int, **options: Any) -> fields.String:
    return line(longest, **options)


class _In(Schema):
    class Meta:
        unknown = RAISE


class SourceSchema(_In):
    """Whose work an AI task is."""

    service = _text(SHORT, required=True)
    kind = _text(SHORT, required=True)
    id = _text(SHORT, required=True)


class AiTaskIn(_In):
    """An AI task that is wanted; `metadata` is checked against its processor's own schema."""

    id = fields.UUID(
        load_default=None,
        metadata={
            "description": "Made by the caller, so that a repeat is nothing new; of version 4 or 7. Where a person's cannot "
            "stand, the task's own id is made from it, and the answer says which."
        },
    )
    processor = _text(SHORT, required=True)
    metadata = fields.Dict(required=True)
    title = _text(LONG, load_default=None)
    priority = fields.Integer(
        load_default=3, strict=True, validate=validate.Range(HIGHEST, LOWEST), metadata={"description": "1 goes first."}
    )
    run_at = Moment(load_default=None, allow_none=True, data_key="runAt")
    subject = _text(SHORT, load_default=None, allow_none=True, metadata={"description": "The customer's id."})
    source = fields.Nested(SourceSchema, load_default=None, allow_none=True)


class CancelIn(_In):
    """Why, if anybody wants to say."""

    reason = prose(LONG, load_default=None)


class ResolveIn(_In):
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
    processor = _text(SHORT, load_default=None)
    source = fields.String(
        load_default=None,
        validate=[validate.Length(max=3 * SHORT), _source],
        metadata={"description": "service:kind:id"},
    )
    q = fields.String(
        load_default=None, validate=validate.Length(1, 200), metadata={"description": "The id, or part of the title."}
    )


class ProcessorSchema(Schema):
    """A processor: what it does, and the JSON Schema of its metadata."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    metadata_schema = fields.Dict(required=True, data_key="metadataSchema")
    deadline_seconds = fields.Float(required=True, data_key="deadlineSeconds")
    dry_run = fields.Boolean(required=True, data_key="dryRun")


ProcessorPage = page_of(ProcessorSchema)


class ProcessorFigures(Schema):
    """What of a queue belongs to one processor."""

    processor = fields.String(required=True)
    offered = fields.Boolean(
        required=True, metadata={"description": "False: no processor here has this name, so its tasks wait."}
    )
    depth = fields.Integer(required=True, metadata={"description": "Due and not yet claimed."})
    waiting = fields.Integer(required=True, metadata={"description": "Queued for a later moment."})
    running = fields.Integer(required=True)
    oldest_seconds = fields.Float(required=True, allow_none=True, data_key="oldestSeconds")
    per_minute = fields.Float(required=True, data_key="perMinute")


class QueueSchema(Schema):
    """A queue: how deep, how old its oldest is, how much runs, how much is done a minute."""

    name = fields.String(required=True)
    depth = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)
    oldest_seconds = fields.Float(required=True, allow_none=True, data_key="oldestSeconds")
    per_minute = fields.Float(required=True, data_key="perMinute")
    processors = fields.List(fields.Nested(ProcessorFigures), required=True)


QueuePage = page_of(QueueSchema)


class ActivitySchema(Schema):
    """An activity of the sandbox CRM, with the key of the effect that logged it."""

    id = fields.String(required=True)
    subject = fields.String(required=True, data_key="Subject", attribute="Subject")
    description = fields.String(required=True, data_key="Description", attribute="Description")
    key = fields.String(required=True)
    created = fields.String(required=True, data_key="CreatedDate", attribute="CreatedDate")


class OpportunitySchema(Schema):
    """An opportunity of the sandbox CRM, under the CRM's own field names."""

    id = fields.String(required=True)
    name = fields.String(required=True, data_key="Name", attribute="Name")
    primary_contact = fields.String(
        required=True, allow_none=True, data_key="Primary_Contact__c", attribute="Primary_Contact__c"
    )
    previous_contact = fields.String(
        required=True, allow_none=True, data_key="Previous_Contact__c", attribute="Previous_Contact__c"
    )
    modified = fields.String(required=True, data_key="LastModifiedDate", attribute="LastModifiedDate")
    activities = fields.List(fields.Nested(ActivitySchema), required=True)


class CrmFaultIn(_In):
    """How the sandbox CRM fails from now on, for one opportunity."""

    opportunity_id = _text(SHORT, required=True, data_key="opportunityId")
    error = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Z_]{1,64}$"),
        metadata={"description": "An error code, such as TIMEOUT."},
    )
    times = fields.Integer(load_default=1, strict=True, validate=validate.Range(0, 1000))
    after_commit = Flag(load_default=False, data_key="afterCommit")
    fields_ = fields.List(
        _text(SHORT),
        load_default=list,
        data_key="fields",
        validate=validate.Length(max=10),
        metadata={"description": "The fields that the error blames."},
    )


class MailArgs(PageArgs):
    """Filters of the mailbox."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "Part of the subject, or of a recipient's address."},
    )


class MailItem(Schema):
    """A mail as lists show it."""

    id = fields.String(required=True)
    sent_at = fields.String(required=True, data_key="sentAt")
    sender = fields.String(required=True, data_key="from")
    to = fields.List(fields.String(), required=True, metadata={"description": "The recipients' addresses."})
    subject = fields.String(required=True)
    message_id = fields.String(required=True, data_key="messageId")
    is_invitation = fields.Boolean(required=True, data_key="isInvitation")


class HeaderSchema(Schema):
    """A header of a mail."""

    name = fields.String(required=True)
    value = fields.String(required=True)


class AttachmentSchema(Schema):
    """A part of a mail beside its text, without its bytes."""

    name = fields.String(required=True)
    media_type = fields.String(required=True, data_key="mediaType")


class MailSchema(MailItem):
    """A mail, whole: its text and its invitation as text, never rendered."""

    key = fields.String(required=True, metadata={"description": "The key of the effect that sent it."})
    headers = fields.List(fields.Nested(HeaderSchema), required=True)
    text = fields.String(required=True)
    ics = fields.String(
        required=True, allow_none=True, metadata={"description": "The invitation that it carries (iCalendar)."}
    )
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


MailPage = page_of(MailItem)


class FileArgs(_In):
    """The name and the type of a file that is sent; the body is its content."""

    name = _text(LONG, required=True)
    media_type = _text(LONG, load_default="application/octet-stream", data_key="mediaType")


class FileSchema(Schema):
    """A stored file."""

    sha256 = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True, data_key="mediaType")
    size = fields.Integer(required=True)
    created_at = Moment(required=True, data_key="createdAt")
