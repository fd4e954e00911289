"""The REST schemas of tasks."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from services.workflows import commands, states
from services.workflows.models.task_lists import SORTS
from services.workflows.planning.validation import (
    COMPLEXITIES,
    LONGEST_DESCRIPTION,
    LONGEST_ESTIMATE,
    LONGEST_NAME,
    LONGEST_TITLE,
)
from services.workflows.task_actions import ACTIONS
from services.workflows.task_moves import PARTS
from shared.contracts.ai_tasks import STATUSES, Source
from shared.contracts.camel import CamelSchema, MomentOrDay, camel
from shared.contracts.commands import CommandSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import (
    Flag,
    JsonObjectField,
    an_id,
    line,
    line_or_empty,
    optional,
    optional_line,
    prose,
    whole,
)
from shared.contracts.values import Moment

MOST_TASKS = 200
LONGEST_REASON = LONGEST_NOTE = 1_000
LONGEST_COMMENT = 5_000


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
    customer_id = an_id(allow_none=True)
    estimated_completion_time = line_or_empty(LONGEST_ESTIMATE, allow_none=True)
    complexity = fields.String(validate=validate.OneOf(COMPLEXITIES))
    execution_status = fields.String(validate=validate.OneOf(STATUSES))
    execution_result = JsonObjectField(allow_none=True)


class SnoozeIn(CamelSchema):
    """Until when a task is put away, and why."""

    until = MomentOrDay(required=True)
    reason = optional(LONGEST_REASON)


class HandOverIn(CamelSchema):
    """To whom a task is given, who is told, and what they should know."""

    owner = an_id(required=True)
    note = optional(LONGEST_NOTE)


class ReopenIn(CamelSchema):
    """Which of its sub-tasks are opened again with a task."""

    sub_task_ids = fields.List(an_id(), load_default=list, validate=validate.Length(max=200))


class ActIn(CommandSchema):
    """One action on many tasks. `complete` takes `subTasks`; `snooze` needs `until` and takes `reason`; `hand_over` needs `owner`
    and takes `note`; `set_priority` needs `priority`."""

    command = commands.ActOnTasks

    task_ids = fields.List(an_id(), required=True, validate=validate.Length(1, MOST_TASKS))
    action = fields.String(required=True, validate=validate.OneOf(tuple(ACTIONS)))
    versions = fields.Dict(
        keys=fields.String(),
        values=whole(0, 2**31 - 1),
        load_default=dict,
        metadata={"description": "The version of each task that was read; one that has changed since is left alone."},
    )
    sub_tasks = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(PARTS)))
    until = MomentOrDay(load_default=None, allow_none=True)
    reason = optional(LONGEST_REASON)
    owner = an_id(load_default=None, allow_none=True)
    note = optional(LONGEST_NOTE)
    priority = whole(1, 5, load_default=None, allow_none=True)

    @validates_schema
    def fits_the_action(self, data: dict[str, Any], **_: Any) -> None:
        """ValidationError for a field that the action needs and that is missing, and for one that belongs to another."""
        action = ACTIONS[data["action"]]
        wrong = {camel(name): ["It is needed."] for name in action.needs if data[name] is None}
        every = {name for one in ACTIONS.values() for name in (*one.needs, *one.takes)}
        for name in every - {*action.needs, *action.takes}:
            if data[name] is not None:
                wrong[camel(name)] = [f"It is no part of {action.key}."]
        if wrong:
            raise ValidationError(wrong)


class OpenPart(CamelSchema):
    """An open sub-task of a task that was not completed because of it."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)


class Receipt(CamelSchema):
    """What became of one task: changed, unchanged (it stood so already), refused (`reason` says why), not_found."""

    id = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, validate=validate.OneOf(("changed", "unchanged", "refused", "not_found")))
    version = fields.Integer()
    reason = fields.String()
    open_sub_tasks = fields.List(fields.Nested(OpenPart), data_key="openSubTasks", attribute="openSubTasks")


class BatchSchema(CamelSchema):
    """What was done with many tasks, with a receipt a task; `id` takes it back."""

    id = fields.String(required=True)
    action = fields.String(required=True)
    receipts = fields.List(fields.Nested(Receipt), required=True)


class TakenBack(CamelSchema):
    """The receipts of the tasks that a batch had changed."""

    receipts = fields.List(fields.Nested(Receipt), required=True)


class TaskCommentIn(CommandSchema):
    """What somebody says of a task; `mentions` besides those in the text (@Name, @address)."""

    command = commands.CommentOnTask

    body = prose(LONGEST_COMMENT, required=True)
    mentions = fields.List(an_id(), load_default=list, validate=validate.Length(max=50))


class TaskCommentSchema(CamelSchema):
    """A comment on a task."""

    id = fields.String(required=True)
    task_id = fields.String(required=True)
    body = fields.String(required=True)
    mentions = fields.List(fields.String(), required=True)
    by = fields.Dict(required=True)
    at = Moment(required=True)
    version = fields.Integer(required=True)


TaskCommentPage = page_of(TaskCommentSchema)


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
    customer_name = fields.String(required=True, allow_none=True)
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
    due_from = fields.Date(
        load_default=None, metadata={"description": "Due on this day or later, or without a due date."}
    )
    todo = fields.Boolean(
        load_default=None,
        metadata={"description": "Those that people have to do now: open or in progress, and not an AI task."},
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(max=200),
        metadata={"description": "Beginnings of words of the title, or of the partnership's name."},
    )
    ids = DelimitedList(
        an_id(),
        load_default=list,
        validate=validate.Length(1, 100),
        metadata={"description": "Only these, up to 100, with commas between them."},
    )
    sort = fields.String(
        load_default="priority",
        validate=validate.OneOf(tuple(SORTS)),
        metadata={
            "description": "`priority`, then age; `due`, then priority, undated ones last; `snoozed`: those that are, the first"
            " to come back first; `completed`: those that are, the latest first."
        },
    )


TaskPage = page_of(TaskSchema)
