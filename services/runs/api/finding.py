"""The REST API of the finder: the few partnerships and guided runs that are shown as somebody types."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import models
from services.runs.schemas.finding import Found
from shared.contracts.finding import FOUND_OF_A_KIND, FindArgs
from shared.web import callers

finding = Blueprint("finding", __name__, url_prefix="/api/find", description="Anything by its name.")


@finding.get("")
@callers.needs("member")
@finding.arguments(FindArgs, location="query")
@finding.response(200, Found)
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """The first few partnerships by name, and guided runs, the newest first, by the beginnings of their words; of more than a thousand, some of them."""
    found, guided = models.finding.first(callers.by().tenant_id, asked["q"], FOUND_OF_A_KIND)
    return {"partnerships": found, "guided_runs": guided}
