"""The REST API of tasks."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import ai_runs, models, task_batches
from services.workflows import tasks as verbs
from services.workflows.api.showing import batch_shown, page_of, task_shown, tasks_shown
from services.workflows.commands import ActOnTasks, ChangeTask, CreateTask
from services.workflows.models import Task, idempotency
from services.workflows.schemas.tasks import (
    ActIn,
    BatchSchema,
    HandOverIn,
    ReopenIn,
    SnoozeIn,
    TakenBack,
    TaskArgs,
    TaskDetail,
    TaskIn,
    TaskPage,
    TaskPatch,
)
from shared.ground import clock, ids
from shared.web import callers, current_service, entity_tags, idempotent_views, list_pages

tasks = Blueprint("tasks", __name__, url_prefix="/api/workflows/tasks", description="Tasks of people and of AI.")


def _shown(row: Task) -> Any:
    return entity_tags.tagged(task_shown(row, callers.by()), row.version)


@tasks.get("")
@callers.needs("member")
@tasks.arguments(TaskArgs, location="query")
@tasks.response(200, TaskPage)
def list_tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's tasks, by priority and then by age if `sort` says nothing else."""
    tenant_id = callers.by().tenant_id
    place = {name: asked.pop(name) for name in ("sort", "limit", "offset", "cursor")}
    page = models.task_lists.listed(tenant_id, models.task_lists.Wanted(**asked), **place)
    return list_pages.page_body(page_of(page, tasks_shown(tenant_id, page.items)))


@tasks.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@tasks.arguments(TaskIn)
@tasks.response(201, TaskDetail)
def create(command: CreateTask) -> Any:
    """Make a task; an AI task is queued at once."""
    return _shown(verbs.create(callers.by(), command, task_id=ids.new_id(), now=clock.now()))


@tasks.get("/<task_id>")
@callers.needs("member")
@tasks.response(200, TaskDetail)
def read(task_id: str) -> Any:
    """One task with its sub-tasks."""
    return _shown(models.tasks.get(callers.by().tenant_id, task_id))


@tasks.patch("/<task_id>")
@callers.needs("member")
@tasks.arguments(TaskPatch)
@tasks.response(200, TaskDetail)
def change(command: ChangeTask, task_id: str) -> Any:
    """Change a task, or complete, cancel or reopen it by its status; with open sub-tasks `subTasks` says what becomes of them."""
    by, is_service = callers.by(), callers.caller().is_service
    row = verbs.change(by, task_id, command, now=clock.now(), expected=entity_tags.if_match(), is_service=is_service)
    return _shown(row)


@tasks.delete("/<task_id>")
@callers.needs("member")
@tasks.response(204)
def remove(task_id: str) -> None:
    """Delete a task with its sub-tasks."""
    verbs.remove(callers.by(), task_id, now=clock.now(), expected=entity_tags.if_match())


@tasks.post("/<task_id>/execute")
@callers.needs("member")
@tasks.response(200, TaskDetail)
def execute(task_id: str) -> Any:
    """Run an AI task once more."""
    by, expected = callers.by(), entity_tags.if_match()
    return _shown(ai_runs.execute(by, task_id, request_id=ids.new_id(), now=clock.now(), expected=expected))


@tasks.post("/<task_id>/reopen")
@callers.needs("member")
@tasks.arguments(ReopenIn)
@tasks.response(200, TaskDetail)
def reopen(data: dict[str, Any], task_id: str) -> Any:
    """Open a task again that was completed or cancelled."""
    return _shown(verbs.reopen(callers.by(), task_id, **data, now=clock.now(), expected=entity_tags.if_match()))


@tasks.post("/<task_id>/snooze")
@callers.needs("member")
@tasks.arguments(SnoozeIn)
@tasks.response(200, TaskDetail)
def snooze(data: dict[str, Any], task_id: str) -> Any:
    """Put a task away for a while; it comes back by itself."""
    morning = current_service.settings().daily_at
    return _shown(
        verbs.snooze(callers.by(), task_id, **data, now=clock.now(), daily_at=morning, expected=entity_tags.if_match())
    )


@tasks.post("/<task_id>/hand-over")
@callers.needs("member")
@tasks.arguments(HandOverIn)
@tasks.response(200, TaskDetail)
def hand_over(data: dict[str, Any], task_id: str) -> Any:
    """Give a task to a person, who is told; the note becomes a comment on it."""
    by, expected, comment_id = callers.by(), entity_tags.if_match(), ids.new_id()
    return _shown(verbs.hand_over(by, task_id, **data, comment_id=comment_id, now=clock.now(), expected=expected))


@tasks.post("/<task_id>/unsnooze")
@callers.needs("member")
@tasks.response(200, TaskDetail)
def unsnooze(task_id: str) -> Any:
    """Bring a snoozed task back now."""
    return _shown(verbs.unsnooze(callers.by(), task_id, now=clock.now(), expected=entity_tags.if_match()))


@tasks.post("/batches")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@tasks.arguments(ActIn)
@tasks.response(201, BatchSchema)
def act(command: ActOnTasks) -> Any:
    """Do one action with up to 200 tasks; each has its own receipt."""
    morning = current_service.settings().daily_at
    return batch_shown(
        task_batches.act(callers.by(), command, batch_id=ids.new_id(), now=clock.now(), daily_at=morning)
    )


@tasks.post("/batches/<batch_id>/undo")
@callers.needs("member")
@tasks.response(200, TakenBack)
def undo(batch_id: str) -> Any:
    """Make the tasks of a batch what they were before it; one that somebody has changed since stays as it is."""
    return {"receipts": task_batches.undo(callers.by(), batch_id, now=clock.now())}
