"""The REST API of the audit trail."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import reporting, tenant_scope
from services.monitor.schemas.acts import ActPage, TrailArgs
from shared.web import callers, list_pages

blueprint = Blueprint(
    "acts_api", __name__, url_prefix="/api/acts", description="The trail of all contexts: who did what, when and why."
)


@blueprint.get("")
@callers.needs("admin")
@blueprint.arguments(TrailArgs, location="query")
@blueprint.response(200, ActPage)
def list_acts(args: dict[str, Any]) -> dict[str, Any]:
    """Acts, newest first; of one subject or one actor if asked."""
    scope, by_id = tenant_scope.scope(callers.by(), args.pop("tenant")), args.pop("by")
    return list_pages.page_body(reporting.trail(scope, by_id=by_id, **args))
