"""The shapes of the monitor over REST; the console's pages read the same ones."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_dump, validate

from services.monitor import reporting, states
from services.monitor.models.runs import Run
from shared import clock
from shared.acts import ROLES
from shared.contracts.paging import PageArgs, page_of

ID = validate.Length(1, 100)
NAME = validate.Length(1, 200)


class Moment(fields.AwareDateTime):
    """A time: in with an offset (or a date, then UTC), out as RFC 3339 with `Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return clock.rfc3339(value)


class In(Schema):
    """What is sent to us: a field that we do not know is an error."""

    class Meta:
        unknown = RAISE


class TenantArgs(In):
    """Whose rows: one's own by default, any tenant or `*` for a super admin."""

    tenant = fields.String(
        load_default=None, validate=ID, metadata={"description": "Another tenant, or `*`; super admins only."}
    )


class RunArgs(PageArgs, TenantArgs):
    """Filters and order of the list of runs."""

    status = fields.String(load_default=None, validate=validate.OneOf(states.RUN_STATUSES))
    kind = fields.String(load_default=None, validate=validate.OneOf(states.KINDS))
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


class RunSchema(Schema):
    """A run as lists show it."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True, data_key="tenantId")
    kind = fields.String(required=True, validate=validate.OneOf(states.KINDS))
    workflow_name = fields.String(required=True, data_key="workflowName")
    status = fields.String(required=True, validate=validate.OneOf(states.RUN_STATUSES))
    owner = fields.String(required=True, allow_none=True)
    subject_id = fields.String(required=True, allow_none=True, data_key="subjectId")
    subject_name = fields.String(required=True, allow_none=True, data_key="subjectName")
    steps_done = fields.Integer(required=True, data_key="stepsDone")
    steps_total = fields.Integer(required=True, data_key="stepsTotal")
    current_step = fields.String(required=True, allow_none=True, data_key="currentStep")
    created_at = Moment(required=True, data_key="createdAt")
    started_at = Moment(required=True, allow_none=True, data_key="startedAt")
    completed_at = Moment(required=True, allow_none=True, data_key="completedAt")
    duration_ms = fields.Integer(required=True, allow_none=True, data_key="durationMs")
    retry_of = fields.String(required=True, allow_none=True, data_key="retryOf")
    parent_id = fields.String(
        required=True,
        allow_none=True,
        data_key="parentId",
        metadata={"description": "The run whose step this AI task is."},
    )
    error_summary = fields.String(required=True, allow_none=True, data_key="errorSummary")


RunPage = page_of(RunSchema)


class RunDetailSchema(RunSchema):
    """A run, whole. Payloads and the stack trace are null below the role developer. `moves` is what may be tried with it."""

    trigger_payload = fields.Raw(required=True, allow_none=True, data_key="triggerPayload")
    context = fields.Raw(required=True, allow_none=True)
    error = fields.Dict(required=True, allow_none=True)
    moves = fields.List(fields.String(), required=True)

    @pre_dump
    def flatten(self, report: reporting.Report, **_: Any) -> dict[str, Any]:
        """The row and its payloads side by side."""
        run: Run = report.run
        payloads = {"trigger_payload": report.trigger_payload, "context": report.context, "error": report.error}
        return run.__data__ | payloads | {"moves": states.OFFERED[run.status]}


class StepSchema(Schema):
    """A step of a run. Of an AI task `id` is the first task of its retry chain and `taskId` the last; `attempts` counts all of them."""

    id = fields.String(required=True)
    order_index = fields.Integer(required=True, data_key="orderIndex")
    skill_id = fields.String(required=True, data_key="skillId")
    kind = fields.String(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(states.STEP_STATUSES))
    cache_hit = fields.Boolean(required=True, data_key="cacheHit")
    attempts = fields.Integer(required=True)
    created_at = Moment(required=True, allow_none=True, data_key="createdAt")
    started_at = Moment(required=True, allow_none=True, data_key="startedAt")
    completed_at = Moment(required=True, allow_none=True, data_key="completedAt")
    duration_ms = fields.Integer(required=True, allow_none=True, data_key="durationMs")
    summary = fields.String(required=True, allow_none=True)
    input = fields.Raw(required=True, allow_none=True)
    output = fields.Raw(required=True, allow_none=True)
    error = fields.Dict(required=True, allow_none=True)
    task_id = fields.String(required=True, allow_none=True, data_key="taskId")
    tries = fields.List(fields.Dict(), required=True)
    effects = fields.List(fields.Dict(), required=True)


class RetryArgs(In):
    """How to try again: from the beginning or from a step; `dryRun` only says what would happen."""

    from_step = fields.String(load_default=None, allow_none=True, validate=ID, data_key="fromStep")
    dry_run = fields.Boolean(load_default=False, data_key="dryRun")


class RetrySchema(Schema):
    """What the owner of the run answered."""

    new_run_id = fields.String(required=True, allow_none=True, data_key="newRunId", attribute="newRunId")
    plan = fields.Dict(allow_none=True)


class StreamArgs(TenantArgs):
    """What to watch: all runs that one may see, or one of them; from now on, or behind a position."""

    run_id = fields.String(load_default=None, validate=ID)
    after = fields.Integer(load_default=None, validate=validate.Range(0, 2**62))


class StatsArgs(TenantArgs):
    """The period that statistics are over."""

    period = fields.String(
        load_default="24h", validate=validate.Length(2, 5), metadata={"description": "Hours or days: `24h`, `7d`."}
    )


class StatsSchema(Schema):
    """Statistics of the runs created since `since`. `exact` is false when there are too many to be counted one by one."""

    period = fields.String(required=True)
    since = Moment(required=True)
    exact = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)
    avg_duration_ms = fields.Integer(required=True, allow_none=True, data_key="avgDurationMs")
    failure_rate = fields.Float(
        required=True, data_key="failureRate", metadata={"description": "Of those that ended, from 0 to 1."}
    )
    runs_per_day = fields.Float(required=True, data_key="runsPerDay")
    p50_duration_ms = fields.Integer(required=True, allow_none=True, data_key="p50DurationMs")
    p95_duration_ms = fields.Integer(required=True, allow_none=True, data_key="p95DurationMs")


class PersonSchema(Schema):
    """A person of the tenant; an `owner` anywhere is a person's id."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True, data_key="tenantId")
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    created_at = Moment(required=True, data_key="createdAt")
    version = fields.Integer(required=True)


PersonPage = page_of(PersonSchema)


class PeopleArgs(PageArgs, TenantArgs):
    """Which people."""


class NewPerson(In):
    """A person to add."""

    name = fields.String(required=True, validate=NAME)
    email = fields.Email(required=True, validate=validate.Length(max=254))
    role = fields.String(load_default="member", validate=validate.OneOf(ROLES))


class PersonChange(In):
    """What to change about a person."""

    name = fields.String(validate=NAME)
    role = fields.String(validate=validate.OneOf(ROLES))
    active = fields.Boolean()


class NotificationArgs(PageArgs):
    """Which notifications."""

    unread = fields.Boolean(load_default=False)


class NotificationSchema(Schema):
    """A notification for the person who asks; `recipientId` is null when it is for everybody."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True, data_key="tenantId")
    recipient_id = fields.String(required=True, allow_none=True, data_key="recipientId")
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True, data_key="createdAt")
    read_at = Moment(required=True, allow_none=True, data_key="readAt")


NotificationPage = page_of(NotificationSchema)


class CountSchema(Schema):
    """How many, counted up to a hundred."""

    unread = fields.Integer(required=True)


class TrailArgs(PageArgs, TenantArgs):
    """Which acts."""

    subject_id = fields.String(load_default=None, validate=ID)
    by = fields.String(load_default=None, validate=ID, metadata={"description": "The id of who did it."})


class ActSchema(Schema):
    """Who did what, when and why."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True, data_key="tenantId")
    at = Moment(required=True)
    source = fields.String(required=True)
    by = fields.Dict(required=True)
    verb = fields.String(required=True)
    subject_kind = fields.String(required=True, data_key="subjectKind")
    subject_id = fields.String(required=True, data_key="subjectId")
    reason = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)
    request_id = fields.String(required=True, data_key="requestId")


ActPage = page_of(ActSchema)
