"""The REST API of the first screen: what a person or a team has to do, what is under way, and what lies ahead."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import home as verbs
from services.workflows.api.showing import home_shown
from services.workflows.schemas.home import HomeSchema
from services.workflows.schemas.overviews import OverviewArgs
from shared.ground import clock
from shared.web import callers

home = Blueprint("home", __name__, url_prefix="/api/workflows/home", description="The first screen.")


@home.get("")
@callers.needs("member")
@home.arguments(OverviewArgs, location="query")
@home.response(200, HomeSchema)
def read(asked: dict[str, Any]) -> dict[str, Any]:
    """The tasks of this week, the workflows under way, what lies ahead and who is at risk, of one person or of all."""
    by, now = callers.by(), clock.now()
    return home_shown(by.tenant_id, verbs.home(by, **asked, now=now), now)
