"""The REST API of partnerships and their activities."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.runs import activities, models, task_requests
from services.runs import partnerships as verbs
from services.runs.activities import LogActivity
from services.runs.api.imports import at_once
from services.runs.api.serialization import page_of, partnerships_shown
from services.runs.days import silent_before
from services.runs.models import Partnership, idempotency, replicas
from services.runs.partnerships import ChangePartnership, CreatePartnership
from services.runs.schemas.partnerships import (
    ActivityIn,
    ActivityPage,
    ActivitySchema,
    ImportReceipt,
    PartnershipArgs,
    PartnershipIn,
    PartnershipPage,
    PartnershipPatch,
    PartnershipSchema,
    PartnershipTaskIn,
    RequestedTaskSchema,
)
from services.runs.task_requests import RequestTask
from shared.contracts.imports import ImportIn
from shared.contracts.paging import PageArgs
from shared.csv_import.import_routes import FORM
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages, request_checks

partnerships = Blueprint(
    "partnerships", __name__, url_prefix="/api/partnerships", description="Partnerships and their activity."
)


def _shown(row: Partnership) -> Any:
    return entity_tags.tagged(partnerships_shown(row.tenant_id, [row], clock.now())[0], row.version)


@partnerships.get("")
@callers.needs("member")
@partnerships.arguments(PartnershipArgs, location="query")
@partnerships.response(200, PartnershipPage)
def list_partnerships(args: dict[str, Any]) -> dict[str, Any]:
    """The tenant's partnerships, filtered and sorted."""
    by, now = callers.by(), clock.now()
    days, owner = args.pop("no_contact_days"), args.pop("owner")
    since = silent_before(days, now, replicas.tenants.region(by.tenant_id).time_zone) if days else None
    whose = by.id if owner == "me" else owner
    page = models.partnerships.listed(by.tenant_id, owner=whose, silent_before=since, **args)
    return list_pages.page_body(page_of(page, partnerships_shown(by.tenant_id, page.items, now)))


@partnerships.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@partnerships.arguments(PartnershipIn)
@partnerships.response(201, PartnershipSchema)
def add(command: CreatePartnership) -> Any:
    """Add a partnership."""
    return _shown(verbs.create(callers.by(), command, partnership_id=ids.new_id(), now=clock.now()))


@partnerships.post("/import")
@request_checks.takes_files
@callers.needs("member")
@partnerships.arguments(ImportIn)
@partnerships.doc(**FORM)
@partnerships.response(200, ImportReceipt)
def import_partnerships(data: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of partnerships, as JSON or in a form with a field `file`, with a receipt a line; `dryRun` changes nothing, and `after` and `limit` take a part of the file."""
    return at_once(data)


@partnerships.get("/<partnership_id>")
@callers.needs("member")
@partnerships.response(200, PartnershipSchema)
def read(partnership_id: str) -> Any:
    """One partnership."""
    return _shown(models.partnerships.find(callers.by().tenant_id, partnership_id))


@partnerships.patch("/<partnership_id>")
@callers.needs("member")
@partnerships.arguments(PartnershipPatch)
@partnerships.response(200, PartnershipSchema)
def change(command: ChangePartnership, partnership_id: str) -> Any:
    """Change a partnership; its stage moves by the table of legal moves."""
    return _shown(verbs.change(callers.by(), partnership_id, command, now=clock.now(), expected=entity_tags.if_match()))


@partnerships.delete("/<partnership_id>")
@callers.needs("member")
@partnerships.response(204)
def remove(partnership_id: str) -> None:
    """Take a partnership out of every list."""
    verbs.remove(callers.by(), partnership_id, now=clock.now(), expected=entity_tags.if_match())


@partnerships.get("/<partnership_id>/activities")
@callers.needs("member")
@partnerships.arguments(PageArgs, location="query")
@partnerships.response(200, ActivityPage)
def list_activities(args: dict[str, Any], partnership_id: str) -> dict[str, Any]:
    """What happened with a partnership, the newest first."""
    row = models.partnerships.find(callers.by().tenant_id, partnership_id)
    return list_pages.page_body(models.activities.listed(row.tenant_id, row.id, **args))


@partnerships.post("/<partnership_id>/tasks")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@partnerships.arguments(PartnershipTaskIn)
@partnerships.response(201, RequestedTaskSchema)
def request_task(command: RequestTask, partnership_id: str) -> Any:
    """Request a task about a partnership from workflows, which has it under the same id a moment later."""
    return task_requests.request_for_partnership(
        callers.by(), partnership_id, command, task_id=ids.new_id(), now=clock.now()
    )


@partnerships.post("/<partnership_id>/activities")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@partnerships.arguments(ActivityIn)
@partnerships.response(201, ActivitySchema)
def add_activity(command: LogActivity, partnership_id: str) -> Any:
    """Write down what happened."""
    return activities.log(callers.by(), partnership_id, command, now=clock.now(), expected=entity_tags.if_match())
