"""The REST door of tasks."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import ai_runs, models
from services.workflows import tasks as verbs
from services.workflows.api.showing import page_of, task_shown, tasks_shown
from services.workflows.models import Task, idempotency
from services.workflows.schemas.tasks import SnoozeIn, TaskArgs, TaskDetail, TaskIn, TaskPage, TaskPatch
from shared import clock, ids, web

tasks = Blueprint("tasks", __name__, url_prefix="/api/workflows/tasks", description="Tasks of people and of AI.")


def _shown(row: Task) -> Any:
    return web.tagged(task_shown(row), row.version)


@tasks.get("")
@web.needs("member")
@tasks.arguments(TaskArgs, location="query")
@tasks.response(200, TaskPage)
def list_tasks(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's tasks, by priority and then by age."""
    tenant_id = web.by().tenant_id
    page = models.tasks.listed(tenant_id, **asked)
    return web.page_body(page_of(page, tasks_shown(tenant_id, page.items)))


@tasks.post("")
@web.needs("member")
@web.idempotent(idempotency)
@tasks.arguments(TaskIn)
@tasks.response(201, TaskDetail)
def create(told: dict[str, Any]) -> Any:
    """Make a task; an AI task is queued at once."""
    return _shown(verbs.create(web.by(), told, task_id=ids.new_id(), now=clock.now()))


@tasks.get("/<task_id>")
@web.needs("member")
@tasks.response(200, TaskDetail)
def read(task_id: str) -> Any:
    """One task with its sub-tasks."""
    return _shown(models.tasks.find(web.by().tenant_id, task_id))


@tasks.patch("/<task_id>")
@web.needs("member")
@tasks.arguments(TaskPatch)
@tasks.response(200, TaskDetail)
def change(told: dict[str, Any], task_id: str) -> Any:
    """Change a task, or complete, cancel or reopen it by its status."""
    by, is_service = web.by(), web.caller().is_service
    row = verbs.change(by, task_id, told, now=clock.now(), expected=web.if_match(), is_service=is_service)
    return _shown(row)


@tasks.delete("/<task_id>")
@web.needs("member")
@tasks.response(204)
def remove(task_id: str) -> None:
    """Delete a task with its sub-tasks."""
    verbs.remove(web.by(), task_id, now=clock.now(), expected=web.if_match())


@tasks.post("/<task_id>/execute")
@web.needs("member")
@tasks.response(200, TaskDetail)
def execute(task_id: str) -> Any:
    """Run an AI task once more."""
    by, expected = web.by(), web.if_match()
    return _shown(ai_runs.execute(by, task_id, request_id=ids.new_id(), now=clock.now(), expected=expected))


@tasks.post("/<task_id>/snooze")
@web.needs("member")
@tasks.arguments(SnoozeIn)
@tasks.response(200, TaskDetail)
def snooze(told: dict[str, Any], task_id: str) -> Any:
    """Put a task away for a while; it comes back by itself."""
    return _shown(verbs.snooze(web.by(), task_id, **told, now=clock.now(), expected=web.if_match()))


@tasks.post("/<task_id>/unsnooze")
@web.needs("member")
@tasks.response(200, TaskDetail)
def unsnooze(task_id: str) -> Any:
    """Bring a snoozed task back now."""
    return _shown(verbs.unsnooze(web.by(), task_id, now=clock.now(), expected=web.if_match()))
