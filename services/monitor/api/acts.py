"""The REST door of the trail."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import reporting, rights
from services.monitor.schemas import ActPage, TrailArgs
from shared import web

blueprint = Blueprint(
    "acts_api", __name__, url_prefix="/api/acts", description="The trail of all contexts: who did what, when and why."
)


@blueprint.get("")
@web.needs("admin")
@blueprint.arguments(TrailArgs, location="query")
@blueprint.response(200, ActPage)
def list_acts(asked: dict[str, Any]) -> dict[str, Any]:
    """Acts, newest first; of one subject or one actor if asked."""
    scope, by_id = rights.scope(web.by(), asked.pop("tenant")), asked.pop("by")
    return web.page_body(reporting.trail(scope, by_id=by_id, **asked))
