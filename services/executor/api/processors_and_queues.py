"""The REST API of what is installed: processors, queues, and the sandbox CRM."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.installation import installation
from services.executor.models import queue_statistics
from services.executor.schemas import CrmFaultIn, OpportunitySchema, ProcessorPage, QueuePage
from shared.contracts.paging import Page
from shared.feed import doorbells
from shared.ground import clock
from shared.ground.errors import NotFound
from shared.web import callers, list_pages

processors = Blueprint("processors", __name__, url_prefix="/api/processors", description="What AI tasks can do.")
work_queues = Blueprint("queues", __name__, url_prefix="/api/queues", description="What waits and what runs.")
sandbox_crm = Blueprint(
    "sandbox_crm", __name__, url_prefix="/api/sandbox-crm", description="The CRM that stands in for the real one."
)


@processors.get("")
@callers.needs("member")
@processors.response(200, ProcessorPage)
def list_processors() -> dict[str, Any]:
    """Every processor of this installation, by name."""
    return list_pages.page_body(_single_page(sorted(installation().registry, key=lambda processor: processor.name)))


@work_queues.get("")
@callers.needs("operator")
@work_queues.response(200, QueuePage)
def list_queues() -> dict[str, Any]:
    """The tenant's AI tasks that wait and run, in all and by processor."""
    registry = installation().registry
    rows = queue_statistics.by_processor(callers.by().tenant_id, now=clock.now())
    parts = [row | {"offered": registry.get(row["processor"]) is not None} for row in rows]
    ages = [row["oldest_seconds"] for row in parts if row["oldest_seconds"] is not None]
    sums = {name: sum(row[name] for row in parts) for name in ("depth", "waiting", "running", "per_minute")}
    queue = {
        "name": doorbells.work_queue("executor"),
        "oldest_seconds": max(ages, default=None),
        "processors": parts,
        **sums,
    }
    return list_pages.page_body(_single_page([queue]))


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


def _single_page(items: list[Any]) -> Page:
    """A list that is always one page."""
    return Page(items=items, limit=100, offset=0, total=len(items), total_is_exact=True, next=None)
