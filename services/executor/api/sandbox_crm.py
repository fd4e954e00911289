"""The REST API of the sandbox CRM: what it holds, and how it fails on demand."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.installation import installation
from services.executor.schemas.sandboxes import CrmFaultIn, OpportunitySchema
from shared.ground.errors import NotFound
from shared.web import callers

sandbox_crm = Blueprint(
    "sandbox_crm", __name__, url_prefix="/api/sandbox-crm", description="The CRM that stands in for the real one."
)


@sandbox_crm.get("/opportunities/<opportunity_id>")
@callers.needs("developer")
@sandbox_crm.response(200, OpportunitySchema)
def read_opportunity(opportunity_id: str) -> dict[str, Any]:
    """What the sandbox CRM holds; an opportunity exists there from its first change on."""
    opportunity = installation().crm.opportunity(callers.by().tenant_id, opportunity_id)
    if opportunity is None:
        raise NotFound("The sandbox CRM has no such opportunity: nothing has touched it yet.")
    return opportunity


@sandbox_crm.post("/faults")
@callers.needs("operator")
@sandbox_crm.arguments(CrmFaultIn)
@sandbox_crm.response(204)
def set_fault(fault: dict[str, Any]) -> None:
    """Make the sandbox CRM fail the next changes of an opportunity, before or after their commit; 0 times ends it."""
    installation().crm.fail(
        callers.by().tenant_id,
        fault["opportunity_id"],
        error=fault["error"],
        times=fault["times"],
        after_commit=fault["after_commit"],
        fields=fault["fields_"],
    )
