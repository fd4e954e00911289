"""The REST door of recurrences."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import models, templates
from services.runs import recurrences as verbs
from services.runs.api.ledger import columns, page_of
from services.runs.models import Recurrence, idempotency
from services.runs.schemas.recurrences import RecurrenceIn, RecurrencePage, RecurrencePatch, RecurrenceSchema
from shared import clock, ids, web
from shared.contracts.paging import PageArgs

recurrences = Blueprint(
    "recurrences", __name__, url_prefix="/api/recurrences", description="Templates that start runs on a schedule."
)


def _shown(row: Recurrence) -> dict[str, Any]:
    return (
        columns(row)
        | verbs.timing_of(row)
        | {
            "template_name": templates.version_of(row.tenant_id, row.template_id).name,
            "in_words": verbs.in_words(row),
            "next_dates": verbs.next_dates(row, clock.now()),
            "time_zone": verbs.zone_of(row.tenant_id),
        }
    )


@recurrences.get("")
@web.needs("member")
@recurrences.arguments(PageArgs, location="query")
@recurrences.response(200, RecurrencePage)
def list_recurrences(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's recurrences, the newest first."""
    page = models.recurrences.listed(web.by().tenant_id, **asked)
    return web.page_body(page_of(page, [_shown(row) for row in page.items]))


@recurrences.post("")
@web.needs("member")
@web.idempotent(idempotency)
@recurrences.arguments(RecurrenceIn)
@recurrences.response(201, RecurrenceSchema)
def add(told: dict[str, Any]) -> Any:
    """Put a template on a schedule."""
    row = verbs.create(web.by(), told, recurrence_id=ids.new_id(), now=clock.now())
    return web.tagged(_shown(row), row.version)


@recurrences.get("/<recurrence_id>")
@web.needs("member")
@recurrences.response(200, RecurrenceSchema)
def read(recurrence_id: str) -> Any:
    """One recurrence."""
    row = models.recurrences.find(web.by().tenant_id, recurrence_id)
    return web.tagged(_shown(row), row.version)


@recurrences.patch("/<recurrence_id>")
@web.needs("member")
@recurrences.arguments(RecurrencePatch)
@recurrences.response(200, RecurrenceSchema)
def change(told: dict[str, Any], recurrence_id: str) -> Any:
    """Change a recurrence, or turn it off and on."""
    row = verbs.change(web.by(), recurrence_id, told, now=clock.now(), expected=web.if_match())
    return web.tagged(_shown(row), row.version)


@recurrences.delete("/<recurrence_id>")
@web.needs("member")
@recurrences.response(204)
def remove(recurrence_id: str) -> None:
    """Delete a recurrence; the runs that it started stay."""
    verbs.remove(web.by(), recurrence_id, now=clock.now(), expected=web.if_match())
