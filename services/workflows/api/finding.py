"""The REST API of the finder: the few customers, contacts and tasks that are shown as somebody types."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import models
from services.workflows.api.showing import found_shown
from services.workflows.schemas.finding import Found
from shared.contracts.finding import FOUND_OF_A_KIND, FindArgs
from shared.ground import clock
from shared.web import callers

finding = Blueprint("finding", __name__, url_prefix="/api/workflows/find", description="Anything by its name.")


@finding.get("")
@callers.needs("member")
@finding.arguments(FindArgs, location="query")
@finding.response(200, Found)
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """The first few customers, contacts and open tasks by the beginnings of their words, each kind in the order of its list; of more than a thousand, some of them."""
    tenant_id = callers.by().tenant_id
    return found_shown(tenant_id, *models.finding.first(tenant_id, asked["q"], FOUND_OF_A_KIND), clock.now())
