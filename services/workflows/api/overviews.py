"""The REST API of the overview of what a person or a team has before them."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import overviews as verbs
from services.workflows.schemas.overviews import OverviewArgs, OverviewSchema
from shared.ground import clock
from shared.web import callers

overviews = Blueprint("overviews", __name__, url_prefix="/api/workflows/overview", description="What lies ahead.")


@overviews.get("")
@callers.needs("member")
@overviews.arguments(OverviewArgs, location="query")
@overviews.response(200, OverviewSchema)
def read(asked: dict[str, Any]) -> verbs.Overview:
    """The tasks to do by their day, and the renewals of the next days by stage, of one person or of all."""
    return verbs.overview(callers.by(), **asked, now=clock.now())
