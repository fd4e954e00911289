"""The REST API of the queue: what waits and runs, what was given up, and pausing and resuming."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.executor import pausing
from services.executor.api.installation import installation
from services.executor.api.serialization import error_shown, single_page
from services.executor.models import Pause, dead_letters, pauses, queue_statistics
from services.executor.pausing import PauseCommand
from services.executor.schemas.queues import DeadLetterArgs, DeadLetterPage, PauseIn, PauseSchema, QueuePage
from shared.contracts.paging import COUNTED_UP_TO
from shared.ground import clock
from shared.ground.json_types import JsonObject
from shared.web import callers, list_pages

work_queues = Blueprint("queues", __name__, url_prefix="/api/queues", description="What waits and what runs.")
dead_letter_list = Blueprint(
    "dead_letters", __name__, url_prefix="/api/dead-letters", description="AI tasks that failed and nobody has retried."
)


@work_queues.get("")
@callers.needs("operator")
@work_queues.response(200, QueuePage)
def list_queues() -> dict[str, Any]:
    """The tenant's AI tasks that wait and run, in all and by processor, what is paused, and how many were given up."""
    tenant_id, registry = callers.by().tenant_id, installation().registry
    paused = pauses.of(tenant_id)
    rows = queue_statistics.by_processor(
        tenant_id, also=[row.processor for row in paused if row.processor], now=clock.now()
    )
    parts = [
        row | {"offered": registry.get(row["processor"]) is not None, "pauses": _pauses_of(paused, row["processor"])}
        for row in rows
    ]
    ages = [row["oldest_seconds"] for row in parts if row["oldest_seconds"] is not None]
    given_up = dead_letters.count(tenant_id)
    queue = {
        "name": pausing.QUEUE,
        "oldest_seconds": max(ages, default=None),
        "processors": parts,
        "pauses": _pauses_of(paused, pauses.EVERYTHING),
        "dead_letters": min(given_up, COUNTED_UP_TO),
        "dead_letters_is_exact": given_up <= COUNTED_UP_TO,
        **{name: sum(row[name] for row in parts) for name in ("depth", "waiting", "running", "per_minute")},
    }
    return list_pages.page_body(single_page([queue]))


@work_queues.post("/<name>/pause")
@callers.needs("operator")
@work_queues.arguments(PauseIn)
@work_queues.response(200, PauseSchema)
def pause(command: PauseCommand, name: str) -> JsonObject:
    """Claim no more tasks of a processor, or of any when the queue itself is named; what runs is finished. `everyTenant` is
    for a super admin."""
    made = pausing.pause(
        callers.by_for_a_tenant(), name, command, now=clock.now(), processors=installation().registry.names()
    )
    return _shown(made)


@work_queues.post("/<name>/resume")
@callers.needs("operator")
@work_queues.arguments(PauseIn)
@work_queues.response(204)
def resume(command: PauseCommand, name: str) -> None:
    """Claim tasks of a processor, or of all, again. 409 when it is not paused."""
    pausing.resume(callers.by_for_a_tenant(), name, command, now=clock.now())
    installation().wake()


@dead_letter_list.get("")
@callers.needs("operator")
@dead_letter_list.arguments(DeadLetterArgs, location="query")
@dead_letter_list.response(200, DeadLetterPage)
def list_dead_letters(filters: dict[str, Any]) -> dict[str, Any]:
    """AI tasks that failed for good and were not retried, the newest first; `POST /api/ai-tasks/{id}/retry` makes a new
    one."""
    by = callers.by()
    page = dead_letters.page(by.tenant_id, **filters)
    for task in page.items:
        task.error = error_shown(task.error, by.sees_payloads)
    return list_pages.page_body(page)


def _pauses_of(paused: list[Pause], processor: str) -> list[JsonObject]:
    return [_shown(row) for row in paused if row.processor == processor]


def _shown(row: Pause) -> JsonObject:
    return {
        "by": row.by,
        "since": row.paused_at,
        "reason": row.reason,
        "every_tenant": row.tenant_id == pauses.EVERY_TENANT,
    }
