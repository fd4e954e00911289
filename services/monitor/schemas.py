"""The REST schemas of the monitor; the console's pages use the same ones."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_dump, validate

from services.monitor import notifying, reporting, run_kinds, saved_views, states
from services.monitor.models.runs import Run
from shared.contracts.camel import camel
from shared.contracts.email_addresses import LONGEST, IsAddress
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, StrictSchema, line, whole
from shared.ground import clock
from shared.ground.principal import ROLES

ID = validate.Length(1, 100)
NAME = validate.Length(1, 200)


class Moment(fields.AwareDateTime):
    """A time. One without an offset, or a date alone, is taken as UTC; it is written as RFC 3339 with `Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return clock.rfc3339(value)


class Out(Schema):
    """What we answer: snake_case here, camelCase in JSON."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:
        """Give the field its camelCase name in JSON."""
        field_obj.data_key = field_obj.data_key or camel(field_name)


class TenantArgs(StrictSchema):
    """Whose rows: one's own by default, any tenant or `*` for a super admin."""

    tenant = fields.String(
        load_default=None, validate=ID, metadata={"description": "Another tenant, or `*`; super admins only."}
    )


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


class RunSchema(Out):
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


class StepSchema(Out):
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


class RetrySchema(Out):
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


class StatsSchema(Out):
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


class PersonSchema(Out):
    """A person of the tenant; an `owner` anywhere is a person's id."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    active = fields.Boolean(required=True)
    created_at = Moment(required=True)
    version = fields.Integer(required=True)


PersonPage = page_of(PersonSchema)


class PeopleArgs(PageArgs, TenantArgs):
    """Which people."""


class NewPerson(StrictSchema):
    """A person to add."""

    name = line(200, required=True)
    email = fields.String(
        required=True, validate=[validate.Length(max=LONGEST), IsAddress()], metadata={"format": "email"}
    )
    role = fields.String(load_default="member", validate=validate.OneOf(ROLES))


class PersonChange(StrictSchema):
    """What to change about a person."""

    name = line(200)
    role = fields.String(validate=validate.OneOf(ROLES))
    active = Flag()


class NotificationArgs(PageArgs):
    """Which notifications."""

    unread = fields.Boolean(load_default=False)


class NotificationSchema(Out):
    """A notification for the person who asks; `recipientId` is null when it is for everybody."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    recipient_id = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)
    group_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The run that it is of; those of one run and kind are told in one line."},
    )


class NotificationSettingsSchema(StrictSchema):
    """What a person wants to be told. Kinds that are `muted` are not shown in the console; the daily digest mails those
    that are `mailed`, at `digestHour` in `timeZone`, or is not sent when that is null."""

    muted = fields.List(fields.String(validate=validate.OneOf(list(notifying.KINDS))), required=True)
    mailed = fields.List(fields.String(validate=validate.OneOf(list(notifying.KINDS))), required=True)
    digest_hour = whole(0, 23, load_default=None, allow_none=True, data_key="digestHour")
    time_zone = line(64, required=True, data_key="timeZone")


NotificationPage = page_of(NotificationSchema)


class CountSchema(Out):
    """How many, counted up to a hundred."""

    unread = fields.Integer(required=True)


class TrailArgs(PageArgs, TenantArgs):
    """Which acts."""

    subject_id = fields.String(load_default=None, validate=ID)
    by = fields.String(load_default=None, validate=ID, metadata={"description": "The id of who did it."})


class ActSchema(Out):
    """Who did what, when and why."""

    id = fields.String(required=True)
    tenant_id = fields.String(required=True)
    at = Moment(required=True)
    source = fields.String(required=True)
    by = fields.Dict(required=True)
    verb = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Raw(required=True, allow_none=True)
    request_id = fields.String(required=True)


ActPage = page_of(ActSchema)


def _is_query(value: str) -> None:
    """ValidationError when it is not the query of a URL, without its question mark."""
    if not value.isascii() or not value.isprintable() or " " in value or value.startswith("?") or "#" in value:
        raise ValidationError("Not the query of a URL, such as owner=me&sort=-arr.")


class SavedViewIn(StrictSchema):
    """A view as it is kept; `query` is the query of the page's URL."""

    page = fields.String(required=True, validate=validate.OneOf(saved_views.PAGES))
    name = line(60, required=True)
    query = fields.String(load_default="", validate=[validate.Length(max=2_000), _is_query])
    shared = Flag(load_default=False)


class SavedViewChange(StrictSchema):
    """What changes of a view."""

    name = line(60)
    query = fields.String(validate=[validate.Length(max=2_000), _is_query])
    shared = Flag()


class SavedViewArgs(StrictSchema):
    """Filters of saved views."""

    class Meta:
        unknown = RAISE

    page = fields.String(load_default=None, validate=validate.OneOf(saved_views.PAGES))


class SavedViewSchema(Out):
    """A view of a list; `owner` is who keeps it."""

    id = fields.String(required=True)
    page = fields.String(required=True)
    name = fields.String(required=True)
    query = fields.String(required=True)
    owner = fields.String(required=True)
    shared = fields.Boolean(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)


SavedViewPage = page_of(SavedViewSchema)


class SampleRemovalSchema(Schema):
    """`isNew` is whether this is the first request for the removal of the samples."""

    is_new = fields.Boolean(required=True, data_key="isNew")
