"""The REST schemas of tasks."""

from __future__ import annotations

from marshmallow import RAISE, fields, validate

from services.workflows import commands, states
from services.workflows.planning.validation import (
    COMPLEXITIES,
    LONGEST_DESCRIPTION,
    LONGEST_ESTIMATE,
    LONGEST_NAME,
    LONGEST_TITLE,
)
from shared.contracts.ai_tasks import STATUSES, Source
from shared.contracts.camel import CamelSchema, MomentOrDay
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, JsonObjectField, an_id, line, line_or_empty, optional_line, prose, whole
from shared.contracts.values import Moment


class TaskIn(CommandSchema):
    """A task as it is given; with `autoExecute` an AI task, which is queued at once."""

    command = commands.CreateTask

    title = line(LONGEST_TITLE, required=True)
    description = fields.String(load_default="", validate=validate.Length(max=LONGEST_DESCRIPTION))
    priority = whole(1, 5, load_default=3)
    due_date = fields.Date(allow_none=True, load_default=None)
    owner = an_id(allow_none=True, load_default=None)
    customer_id = an_id(allow_none=True, load_default=None)
    execution_id = an_id(allow_none=True, load_default=None)
    parent_task_id = an_id(allow_none=True, load_default=None)
    estimated_completion_time = optional_line(LONGEST_ESTIMATE)
    complexity = fields.String(load_default="simple", validate=validate.OneOf(COMPLEXITIES))
    auto_execute = Flag(load_default=False)
    processor = optional_line(LONGEST_NAME)
    metadata = JsonObjectField(allow_none=True, load_default=None)


class TaskPatch(CommandSchema):
    """The fields to change. Only services may write `executionStatus` and `executionResult`."""

    command = commands.ChangeTask

    title = line(LONGEST_TITLE)
    description = fields.String(validate=validate.Length(max=LONGEST_DESCRIPTION))
    status = fields.String(validate=validate.OneOf(states.TASK.states))
    reason = fields.String(allow_none=True, validate=validate.Length(max=1_000))
    sub_tasks = fields.String(
        validate=validate.OneOf(("complete", "cancel", "keep")),
        metadata={
            "description": "What becomes of its open sub-tasks when it is completed or cancelled; needed where it has any."
        },
    )
    priority = whole(1, 5)
    due_date = fields.Date(allow_none=True)
    owner = an_id(allow_none=True)
    estimated_completion_time = line_or_empty(LONGEST_ESTIMATE, allow_none=True)
    complexity = fields.String(validate=validate.OneOf(COMPLEXITIES))
    execution_status = fields.String(validate=validate.OneOf(STATUSES))
    execution_result = JsonObjectField(allow_none=True)


class SnoozeIn(CamelSchema):
    """Until when a task is put away, and why."""

    until = MomentOrDay(required=True)
    reason = prose(1_000, required=True)


class ReopenIn(CamelSchema):
    """Which of its sub-tasks are opened again with a task."""

    sub_task_ids = fields.List(an_id(), load_default=list, validate=validate.Length(max=200))


class TaskSchema(CamelSchema):
    """A task as lists show it."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    priority = fields.Integer(required=True)
    due_date = fields.Date(required=True, allow_none=True)
    snoozed_until = Moment(required=True, allow_none=True)
    snooze_reason = fields.String(required=True, allow_none=True)
    owner = fields.String(required=True, allow_none=True)
    customer_id = fields.String(required=True, allow_none=True)
    execution_id = fields.String(required=True, allow_none=True)
    partnership_id = fields.String(required=True, allow_none=True)
    partnership_name = fields.String(required=True, allow_none=True)
    parent_task_id = fields.String(required=True, allow_none=True)
    sub_tasks_done = fields.Integer(required=True)
    sub_tasks_total = fields.Integer(required=True)
    estimated_completion_time = fields.String(required=True, allow_none=True)
    complexity = fields.String(required=True)
    auto_execute = fields.Boolean(required=True)
    processor = fields.String(required=True, allow_none=True)
    execution_status = fields.String(required=True, allow_none=True)
    executed_at = Moment(required=True, allow_none=True)
    created_at = Moment(required=True)
    completed_at = Moment(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TaskDetail(TaskSchema):
    """A task with its payloads and its sub-tasks; `runId` is the id of the executor's latest AI task for it."""

    description = fields.String(required=True)
    related_action = fields.String(required=True, allow_none=True)
    source = fields.Nested(
        Source, required=True, allow_none=True, metadata={"description": "Who asked for it in another context."}
    )
    evidence = fields.List(fields.Dict(), required=True)
    metadata = fields.Raw(required=True, allow_none=True)
    execution_result = fields.Raw(required=True, allow_none=True)
    run_id = fields.String(required=True, allow_none=True)
    retry_number = fields.Integer(required=True, attribute="run_number")
    updated_at = Moment(required=True)
    sub_tasks = fields.List(fields.Nested(TaskSchema), required=True)


class TaskArgs(PageArgs):
    """Filters of the list of tasks."""

    class Meta:
        unknown = RAISE

    auto_execute = fields.Boolean(load_default=None, allow_none=True)
    execution_status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    status = fields.String(load_default=None, validate=validate.OneOf(states.TASK.states))
    owner = an_id(load_default=None)
    customer_id = an_id(load_default=None)
    execution_id = an_id(load_default=None)
    partnership_id = an_id(load_default=None)
    parent_task_id = an_id(load_default=None, metadata={"description": "The parent's id, or `none`: no sub-tasks."})
    due_before = fields.Date(load_default=None)


TaskPage = page_of(TaskSchema)
