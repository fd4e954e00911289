"""The REST schemas of processors, queues, pauses, workers and dead letters."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.executor.pausing import PauseCommand
from services.executor.schemas.ai_tasks import SHORT, ErrorSchema, SourceSchema
from shared.contracts.camel import CamelSchema
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.people import Actor
from shared.contracts.strict import Flag, line, prose
from shared.contracts.values import Moment

LONGEST_REASON = 500


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


class PauseIn(CommandSchema):
    """Whose work is paused or resumed, and why."""

    command = PauseCommand

    every_tenant = Flag(load_default=False, metadata={"description": "The work of all tenants; for a super admin."})
    reason = prose(LONGEST_REASON, load_default=None, allow_none=True)


class PauseSchema(CamelSchema):
    """Who paused it, since when, why, and whether for every tenant."""

    by = fields.Nested(Actor, required=True)
    since = Moment(required=True)
    reason = fields.String(required=True, allow_none=True)
    every_tenant = fields.Boolean(required=True)


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
    pauses = fields.List(fields.Nested(PauseSchema), required=True)


class QueueSchema(Schema):
    """A queue: how deep, how old its oldest is, how much runs, how much is done a minute, how much was given up. `pauses`
    are those of the whole queue; each processor has its own."""

    name = fields.String(required=True)
    depth = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    running = fields.Integer(required=True)
    oldest_seconds = fields.Float(required=True, allow_none=True, data_key="oldestSeconds")
    per_minute = fields.Float(required=True, data_key="perMinute")
    dead_letters = fields.Integer(required=True, data_key="deadLetters")
    dead_letters_is_exact = fields.Boolean(required=True, data_key="deadLettersIsExact")
    pauses = fields.List(fields.Nested(PauseSchema), required=True)
    processors = fields.List(fields.Nested(ProcessorFigures), required=True)


QueuePage = page_of(QueueSchema)


class RunningTaskSchema(CamelSchema):
    """A task that a worker runs; `startedAt` is the start of this attempt."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    processor = fields.String(required=True)
    started_at = Moment(required=True)


class WorkerSchema(CamelSchema):
    """A worker process. `busy` counts the tasks that it runs, of all tenants; `tasks` are those of the caller's."""

    id = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Its host and process id."})
    started_at = Moment(required=True)
    seen_at = Moment(required=True)
    alive = fields.Boolean(required=True, metadata={"description": "False: it fell silent without being stopped."})
    slots = fields.Integer(required=True)
    busy = fields.Integer(required=True)
    tasks = fields.List(fields.Nested(RunningTaskSchema), required=True)


WorkerPage = page_of(WorkerSchema)


class DeadLetterArgs(PageArgs):
    """Filters of the dead letters."""

    processor = line(SHORT, load_default=None)


class DeadLetterSchema(CamelSchema):
    """An AI task that failed for good; the stack trace of its error is for developers."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    processor = fields.String(required=True)
    created_at = Moment(required=True)
    finished_at = Moment(required=True)
    attempt_count = fields.Integer(required=True, attribute="attempts")
    max_attempts = fields.Integer(required=True)
    subject = fields.String(required=True, allow_none=True)
    source = fields.Nested(SourceSchema, required=True, allow_none=True)
    error = fields.Nested(ErrorSchema, required=True, allow_none=True)


DeadLetterPage = page_of(DeadLetterSchema)
