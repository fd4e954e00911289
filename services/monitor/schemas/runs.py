"""The REST schemas of runs, their steps and statistics."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, pre_dump, validate

from services.monitor import reporting, run_kinds, states
from services.monitor.models.runs import Run
from services.monitor.schemas.shapes import ID, NAME, Moment, TenantArgs
from shared.contracts.camel import CamelSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, StrictSchema, line


class RunArgs(PageArgs, TenantArgs):
    """Filters and order of the list of runs."""

    status = fields.String(load_default=None, validate=validate.OneOf(states.RUN_STATUSES))
    kind = fields.String(load_default=None, validate=validate.OneOf(run_kinds.KEYS))
    workflow = fields.String(
        load_default=None,
        validate=NAME,
        metadata={"description": "`Discovery`, or a whole name like `Discovery: Acme`."},
    )
    since = Moment(load_default=None, metadata={"description": "Created at or after."})
    until = Moment(load_default=None, metadata={"description": "Created before."})
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginning of an id, or of words of the name."},
    )
    sort = fields.String(load_default=reporting.NEWEST_FIRST, validate=validate.OneOf(reporting.SORTS))


class RunSchema(CamelSchema):
    """A run as lists show it."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(run_kinds.KEYS))
    workflow_name = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.RUN_STATUSES))
    owner = fields.String(required=True, allow_none=True)
    subject_id = fields.String(required=True, allow_none=True)
    subject_name = fields.String(required=True, allow_none=True)
    steps_done = fields.Integer(required=True)
    steps_total = fields.Integer(required=True)
    current_step = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    started_at = Moment(required=True, allow_none=True)
    completed_at = Moment(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True, allow_none=True)
    attempts = fields.Integer(required=True, metadata={"description": "Of an AI task: how many it has begun; else 0."})
    retry_of = fields.String(required=True, allow_none=True)
    parent_id = fields.String(
        required=True, allow_none=True, metadata={"description": "The run whose step this AI task is."}
    )
    error_summary = fields.String(required=True, allow_none=True)


RunPage = page_of(RunSchema)


class RunDetailSchema(RunSchema):
    """A run, whole. Payloads and the stack trace are null below the role developer. `moves` is what may be tried with it."""

    trigger_payload = fields.Raw(required=True, allow_none=True)
    context = fields.Raw(required=True, allow_none=True)
    error = fields.Dict(required=True, allow_none=True)
    moves = fields.List(fields.String(), required=True)

    @pre_dump
    def flatten(self, report: reporting.Report, **_: Any) -> dict[str, Any]:
        """Put the columns of the row, its payloads and its moves into one dict."""
        run: Run = report.run
        payloads = {"trigger_payload": report.trigger_payload, "context": report.context, "error": report.error}
        return run.__data__ | payloads | {"moves": states.OFFERED[run.status]}


class StepSchema(CamelSchema):
    """A step of a run. For an AI task `id` is the first task of its retry chain and `taskId` the last, whose `attempts`
    include those before it; in the AI task's own run `taskId` and `attempts` are those of this run."""

    id = fields.String(required=True)
    order_index = fields.Integer(required=True)
    skill_id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.STEP_STATUSES))
    cache_hit = fields.Boolean(required=True)
    attempts = fields.Integer(required=True)
    created_at = Moment(required=True, allow_none=True)
    started_at = Moment(required=True, allow_none=True)
    completed_at = Moment(required=True, allow_none=True)
    duration_ms = fields.Integer(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    input = fields.Raw(required=True, allow_none=True)
    output = fields.Raw(required=True, allow_none=True)
    error = fields.Dict(required=True, allow_none=True)
    task_id = fields.String(required=True, allow_none=True)
    max_attempts = fields.Integer(required=True, allow_none=True)
    next_attempt_at = Moment(
        required=True,
        allow_none=True,
        data_key="nextAttemptAt",
        metadata={"description": "When it is tried again by itself, while it waits for that."},
    )
    tries = fields.List(fields.Dict(), required=True)
    effects = fields.List(fields.Dict(), required=True)


class RetryArgs(StrictSchema):
    """How to try again: from the beginning or from a step; `dryRun` only says what would happen."""

    from_step = line(100, load_default=None, allow_none=True, data_key="fromStep")
    dry_run = Flag(load_default=False, data_key="dryRun")


class RetrySchema(CamelSchema):
    """What the owner of the run answered."""

    new_run_id = fields.String(required=True, allow_none=True, attribute="newRunId")
    plan = fields.Dict(allow_none=True)


class StreamArgs(TenantArgs):
    """What to watch: the runs of a tenant and one's own notifications, or one run; from now on, or after a position."""

    run_id = fields.String(load_default=None, validate=ID)
    after = fields.Integer(load_default=None, validate=validate.Range(0, 2**62))


class StatsArgs(TenantArgs):
    """The period that statistics are over."""

    period = fields.String(
        load_default="24h", validate=validate.Length(2, 5), metadata={"description": "Hours or days: `24h`, `7d`."}
    )


class StatsSchema(CamelSchema):
    """Statistics of the runs created since `since`. `exact` is false when there are too many to be counted one by one."""

    period = fields.String(required=True)
    since = Moment(required=True)
    exact = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    avg_duration_ms = fields.Integer(required=True, allow_none=True)
    failure_rate = fields.Float(required=True, metadata={"description": "Of those that ended, from 0 to 1."})
    runs_per_day = fields.Float(required=True)
    p50_duration_ms = fields.Integer(required=True, allow_none=True)
    p95_duration_ms = fields.Integer(required=True, allow_none=True)
