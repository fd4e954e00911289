"""The REST door of comments on guided runs."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import commenting, models
from services.runs.api.ledger import columns, page_of
from services.runs.models import idempotency
from services.runs.schemas.comments import CommentIn, CommentPage, CommentSchema
from shared import clock, ids, web
from shared.contracts.paging import PageArgs

comments = Blueprint(
    "run_comments", __name__, url_prefix="/api/guided-runs/<run_id>/comments", description="What people say of a run."
)


@comments.get("")
@web.needs("member")
@comments.arguments(PageArgs, location="query")
@comments.response(200, CommentPage)
def list_comments(asked: dict[str, Any], run_id: str) -> Any:
    """The comments on a run and its steps, newest first."""
    page = models.comments.of_run(models.runs.find(web.by().tenant_id, run_id), **asked)
    return web.page_body(page_of(page, [columns(row) for row in page.items]))


@comments.post("")
@web.needs("member")
@web.idempotent(idempotency)
@comments.arguments(CommentIn)
@comments.response(201, CommentSchema)
def comment(told: dict[str, Any], run_id: str) -> Any:
    """Say something; whoever is mentioned is told."""
    return columns(commenting.add(web.by(), run_id, told, comment_id=ids.new_id(), now=clock.now()))


@comments.delete("/<comment_id>")
@web.needs("member")
@comments.response(204)
def take_back(run_id: str, comment_id: str) -> None:
    """Take one's own comment back."""
    commenting.remove(web.by(), run_id, comment_id, now=clock.now(), expected=web.if_match())
