"""The REST door of guided runs."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs.models import runs
from services.runs.schemas.guided_runs import GuidedRunArgs, GuidedRunPage
from shared import web

guided_runs = Blueprint("guided_runs", __name__, url_prefix="/api/guided-runs", description="Guided sessions of work.")


@guided_runs.get("")
@web.needs("member")
@guided_runs.arguments(GuidedRunArgs, location="query")
@guided_runs.response(200, GuidedRunPage)
def list_runs(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's guided runs, newest first."""
    return web.page_body(runs.listed(web.by().tenant_id, **asked))
