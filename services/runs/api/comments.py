"""The REST API of comments on guided runs."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import commenting, models
from services.runs.api.serialization import columns, page_of
from services.runs.commenting import AddComment
from services.runs.models import idempotency
from services.runs.schemas.comments import CommentIn, CommentPage, CommentSchema
from shared.contracts.paging import PageArgs
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

comments = Blueprint(
    "run_comments", __name__, url_prefix="/api/guided-runs/<run_id>/comments", description="What people say of a run."
)


@comments.get("")
@callers.needs("member")
@comments.arguments(PageArgs, location="query")
@comments.response(200, CommentPage)
def list_comments(args: dict[str, Any], run_id: str) -> Any:
    """The comments on a run and its steps, newest first."""
    page = models.comments.of_run(models.runs.find(callers.by().tenant_id, run_id), **args)
    return list_pages.page_body(page_of(page, [columns(row) for row in page.items]))


@comments.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@comments.arguments(CommentIn)
@comments.response(201, CommentSchema)
def comment(command: AddComment, run_id: str) -> Any:
    """Say something; whoever is mentioned is told."""
    return columns(commenting.add(callers.by(), run_id, command, comment_id=ids.new_id(), now=clock.now()))


@comments.delete("/<comment_id>")
@callers.needs("member")
@comments.response(204)
def take_back(run_id: str, comment_id: str) -> None:
    """Take one's own comment back."""
    commenting.remove(callers.by(), run_id, comment_id, now=clock.now(), expected=entity_tags.if_match())
