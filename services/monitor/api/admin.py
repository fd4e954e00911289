"""The REST API of statistics."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.monitor import statistics, tenant_scope
from services.monitor.schemas.runs import StatsArgs, StatsSchema
from shared.ground import clock
from shared.web import callers

blueprint = Blueprint("admin_api", __name__, url_prefix="/api/admin", description="Figures over all runs.")


@blueprint.get("/runs/stats")
@callers.needs("operator")
@blueprint.arguments(StatsArgs, location="query")
@blueprint.response(200, StatsSchema)
def stats(args: dict[str, Any]) -> statistics.Stats:
    """How many runs, how many failed, and how long they took, over a period."""
    return statistics.stats(tenant_scope.scope(callers.by(), args["tenant"]), args["period"], clock.now())
