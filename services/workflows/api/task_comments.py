"""The REST API of comments on tasks."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import models
from services.workflows import task_comments as verbs
from services.workflows.api.showing import comment_shown, page_of
from services.workflows.commands import CommentOnTask
from services.workflows.models import idempotency
from services.workflows.schemas.tasks import TaskCommentIn, TaskCommentPage, TaskCommentSchema
from shared.contracts.paging import PageArgs
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

task_comments = Blueprint(
    "task_comments",
    __name__,
    url_prefix="/api/workflows/tasks/<task_id>/comments",
    description="What people say of a task.",
)


@task_comments.get("")
@callers.needs("member")
@task_comments.arguments(PageArgs, location="query")
@task_comments.response(200, TaskCommentPage)
def list_comments(args: dict[str, Any], task_id: str) -> Any:
    """The comments on a task, newest first."""
    page = models.task_comments.of_task(models.tasks.get(callers.by().tenant_id, task_id), **args)
    return list_pages.page_body(page_of(page, [comment_shown(row) for row in page.items]))


@task_comments.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@task_comments.arguments(TaskCommentIn)
@task_comments.response(201, TaskCommentSchema)
def comment(command: CommentOnTask, task_id: str) -> Any:
    """Say something; whoever is mentioned is told."""
    return comment_shown(verbs.add(callers.by(), task_id, command, comment_id=ids.new_id(), now=clock.now()))


@task_comments.delete("/<comment_id>")
@callers.needs("member")
@task_comments.response(204)
def take_back(task_id: str, comment_id: str) -> None:
    """Take one's own comment back."""
    verbs.remove(callers.by(), task_id, comment_id, now=clock.now(), expected=entity_tags.if_match())
