"""The REST API of saved views of lists."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import saved_views
from services.monitor.models import idempotency
from services.monitor.models.saved_views import SavedView
from services.monitor.schemas.saved_views import (
    SavedViewArgs,
    SavedViewChange,
    SavedViewIn,
    SavedViewPage,
    SavedViewSchema,
)
from shared.contracts.paging import Page
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

blueprint = Blueprint(
    "saved_views_api", __name__, url_prefix="/api/saved-views", description="Lists that people keep under a name."
)


@blueprint.get("")
@callers.needs("member")
@blueprint.arguments(SavedViewArgs, location="query")
@blueprint.response(200, SavedViewPage)
def list_views(args: dict[str, Any]) -> dict[str, Any]:
    """One's own views and those that others share, by name."""
    views = saved_views.find_all(callers.by(), args["page"])
    return list_pages.page_body(Page(views, len(views), 0, len(views), True, None))


@blueprint.post("")
@idempotent_views.idempotent(idempotency)
@callers.needs("member")
@blueprint.arguments(SavedViewIn)
@blueprint.response(201, SavedViewSchema)
def add_view(body: dict[str, Any]) -> SavedView:
    """Keep the filters and the order of a list under a name."""
    return _tagged(saved_views.add(callers.by(), view_id=ids.new_id(), **body, now=clock.now()))


@blueprint.get("/<view_id>")
@callers.needs("member")
@blueprint.response(200, SavedViewSchema)
def get_view(view_id: str) -> SavedView:
    """One view."""
    return _tagged(saved_views.find(callers.by(), view_id))


@blueprint.patch("/<view_id>")
@callers.needs("member")
@blueprint.arguments(SavedViewChange)
@blueprint.response(200, SavedViewSchema)
def change_view(body: dict[str, Any], view_id: str) -> SavedView:
    """Another name, other filters, or whether others see it."""
    return _tagged(saved_views.change(callers.by(), view_id, body, now=clock.now(), expected=entity_tags.if_match()))


@blueprint.delete("/<view_id>")
@callers.needs("member")
@blueprint.response(204)
def remove_view(view_id: str) -> None:
    """Delete one's own view."""
    saved_views.remove(callers.by(), view_id, now=clock.now(), expected=entity_tags.if_match())


def _tagged(view: SavedView) -> SavedView:
    return entity_tags.tagged(view, view.version)
