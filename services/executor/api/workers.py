"""The REST API of the worker processes."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor.api.serialization import single_page
from services.executor.models import task_lists, workers
from services.executor.schemas.queues import WorkerPage
from shared.ground import clock
from shared.web import callers, list_pages

worker_list = Blueprint("workers", __name__, url_prefix="/api/workers", description="The processes that run AI tasks.")


@worker_list.get("")
@callers.needs("operator")
@worker_list.response(200, WorkerPage)
def list_workers() -> dict[str, Any]:
    """The workers of this installation, those that were seen last first, with the tenant's tasks that each runs. One that
    stopped by itself is not listed; one that was killed is not alive, until a day later it is forgotten."""
    running = task_lists.running_by_worker(callers.by().tenant_id)
    rows = workers.newest(now=clock.now())
    return list_pages.page_body(single_page([vars(row) | {"tasks": running.get(row.id, [])} for row in rows]))
