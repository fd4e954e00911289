"""The REST API of recurrences."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import models, recurrence_timing, templates
from services.runs import recurrences as verbs
from services.runs.api.serialization import columns, page_of
from services.runs.models import Recurrence, idempotency
from services.runs.recurrences import ChangeRecurrence, CreateRecurrence
from services.runs.schemas.recurrences import RecurrenceIn, RecurrencePage, RecurrencePatch, RecurrenceSchema
from shared.contracts.paging import PageArgs
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages

recurrences = Blueprint(
    "recurrences", __name__, url_prefix="/api/recurrences", description="Templates that start runs on a schedule."
)


REMOVED = "(a template that was removed)"


def _shown(row: Recurrence) -> dict[str, Any]:
    return _all_shown([row])[0]


def _all_shown(rows: list[Recurrence]) -> list[dict[str, Any]]:
    """The bodies of recurrences of the caller's tenant; one whose template was removed says so and does not break the
    list."""
    tenant_id = callers.by().tenant_id
    names = templates.names(tenant_id, {row.template_id for row in rows})
    zone = recurrence_timing.zone_of(tenant_id)
    return [
        columns(row)
        | recurrence_timing.timing_of(row)
        | {
            "template_name": names.get(row.template_id, REMOVED),
            "in_words": recurrence_timing.in_words(row),
            "next_dates": recurrence_timing.next_dates(row, clock.now()),
            "time_zone": zone,
        }
        for row in rows
    ]


@recurrences.get("")
@callers.needs("member")
@recurrences.arguments(PageArgs, location="query")
@recurrences.response(200, RecurrencePage)
def list_recurrences(args: dict[str, Any]) -> dict[str, Any]:
    """The tenant's recurrences, the newest first."""
    page = models.recurrences.listed(callers.by().tenant_id, **args)
    return list_pages.page_body(page_of(page, _all_shown(page.items)))


@recurrences.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@recurrences.arguments(RecurrenceIn)
@recurrences.response(201, RecurrenceSchema)
def add(command: CreateRecurrence) -> Any:
    """Put a template on a schedule."""
    row = verbs.create(callers.by(), command, recurrence_id=ids.new_id(), now=clock.now())
    return entity_tags.tagged(_shown(row), row.version)


@recurrences.get("/<recurrence_id>")
@callers.needs("member")
@recurrences.response(200, RecurrenceSchema)
def read(recurrence_id: str) -> Any:
    """One recurrence."""
    row = models.recurrences.find(callers.by().tenant_id, recurrence_id)
    return entity_tags.tagged(_shown(row), row.version)


@recurrences.patch("/<recurrence_id>")
@callers.needs("member")
@recurrences.arguments(RecurrencePatch)
@recurrences.response(200, RecurrenceSchema)
def change(command: ChangeRecurrence, recurrence_id: str) -> Any:
    """Change a recurrence, or turn it off and on."""
    row = verbs.change(callers.by(), recurrence_id, command, now=clock.now(), expected=entity_tags.if_match())
    return entity_tags.tagged(_shown(row), row.version)


@recurrences.delete("/<recurrence_id>")
@callers.needs("member")
@recurrences.response(204)
def remove(recurrence_id: str) -> None:
    """Delete a recurrence; the runs that it started stay."""
    verbs.remove(callers.by(), recurrence_id, now=clock.now(), expected=entity_tags.if_match())
