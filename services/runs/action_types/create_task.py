"""Requests tasks for people from workflows, and links them to their partnership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marshmallow import fields

from services.runs import models, people, task_requests
from services.runs.action_types import action_fields
from services.runs.action_types.action import Action, ActionContext, Count, Done, LogEntry, SubjectCommand, posted
from services.runs.action_types.action_type import ActionType, Purpose
from shared.contracts.camel import StoredSchema
from shared.contracts.commands import NOT_GIVEN, NotGiven
from shared.contracts.partnership_thresholds import NEW_LEAD_DAYS
from shared.contracts.strict import line, whole
from shared.ground import ids
from shared.ground.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class CreateTask(SubjectCommand):
    """Request a task. A missing due date or priority comes from the config of the step; a missing owner is that of the
    step, else of the run, else the caller."""

    title: str = posted(action_fields.TITLE)
    description: str = posted(action_fields.DESCRIPTION, "")
    due_date: date | None | NotGiven = posted(fields.Date(allow_none=True), NOT_GIVEN)
    priority: int | None = posted(action_fields.PRIORITY, None)
    owner: str | None | NotGiven = posted(action_fields.OWNER, NOT_GIVEN)


def create(context: ActionContext, command: CreateTask) -> Done:
    """Request a task from workflows. For a row, a second request with the same title is the same task.

    Invalid for an owner who is not an active person of the tenant, Conflict for a row whose partnership was removed.
    """
    row = context.row
    if row is not None and row.subject_kind == "partnership":
        context.require_partnership()
    task_id = ids.named("asked-task", row.id, command.title) if row else context.new_id
    if models.deliveries.get_task_or_none(context.by.tenant_id, task_id) is not None:
        return context.done(made_id=task_id)
    _request_task(context, command, task_id)
    context.finish_row("create_task", taskId=task_id)
    return context.done(LogEntry("created task", {"title": command.title, "taskId": task_id}), made_id=task_id)


def _request_task(context: ActionContext, command: CreateTask, task_id: str) -> None:
    options: JsonObject = context.config.options.get("task") or {}
    task_requests.request(
        context.by,
        context.partnership,
        task_id=task_id,
        title=command.title,
        description=command.description,
        priority=command.priority or options.get("priority") or task_requests.PRIORITY,
        due_date=_due_date(context, options) if isinstance(command.due_date, NotGiven) else command.due_date,
        owner=_owner(context, command),
        now=context.now,
        **context.origin,
    )


def _owner(context: ActionContext, command: CreateTask) -> str | None:
    if command.owner is NOT_GIVEN:
        return context.owner
    people.require(context.by, command.owner)
    return command.owner


def _due_date(context: ActionContext, options: JsonObject) -> date | None:
    days = options.get("dueInDays")
    return context.today.day + timedelta(days=days) if days else None


class TaskSchema(StoredSchema):
    """The task that a step proposes."""

    title = line(300)
    due_in_days = whole(1, 365)
    priority = whole(1, 5)


CREATED = Count(
    "tasksCreated",
    "task created",
    "tasks created",
    of=lambda records: len(records.tasks),
    noun="task",
    kept_after_reset="{} created and handed over.",
)
COMPLETED = Count(
    "tasksCompleted",
    "of them done",
    "of them done",
    of=lambda records: sum(task.status == "completed" for task in records.tasks),
)


class CreateTasks(ActionType):
    """A step for partnerships that need a task; by default the new leads of the last NEW_LEAD_DAYS days."""

    name = "create_task"
    actions = (Action("create_task", CreateTask, create, counts=(CREATED, COMPLETED), survives_reset=True),)
    purpose = Purpose((CREATED.name,), "No task has been created yet.")
    open_rows_phrase = "without a task"
    filter = {"stage": "New Lead", "newWithinDays": NEW_LEAD_DAYS}
    config_fields = {"task": fields.Nested(TaskSchema)}
