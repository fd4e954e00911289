"""The REST door of partnerships and of what happens with them."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import ValidationError

from services.runs import activities, importing, models
from services.runs import partnerships as verbs
from services.runs.api.ledger import page_of, partnerships_shown
from services.runs.days import silent_before
from services.runs.models import Partnership, copies, idempotency
from services.runs.schemas.partnerships import (
    ActivityIn,
    ActivityPage,
    ActivitySchema,
    ImportIn,
    ImportReceipt,
    PartnershipArgs,
    PartnershipIn,
    PartnershipPage,
    PartnershipPatch,
    PartnershipSchema,
)
from shared import clock, ids, refusals, web
from shared.contracts.camel import camel
from shared.contracts.paging import PageArgs

partnerships = Blueprint(
    "partnerships", __name__, url_prefix="/api/partnerships", description="Partnerships and their activity."
)


def _shown(row: Partnership) -> Any:
    return web.tagged(partnerships_shown(row.tenant_id, [row], clock.now())[0], row.version)


@partnerships.get("")
@web.needs("member")
@partnerships.arguments(PartnershipArgs, location="query")
@partnerships.response(200, PartnershipPage)
def list_partnerships(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's partnerships, filtered and sorted."""
    by, now = web.by(), clock.now()
    days, owner = asked.pop("no_contact_days"), asked.pop("owner")
    since = silent_before(days, now, copies.tenants.home(by.tenant_id).time_zone) if days else None
    whose = by.id if owner == "me" else owner
    page = models.partnerships.listed(by.tenant_id, owner=whose, silent_before=since, **asked)
    return web.page_body(page_of(page, partnerships_shown(by.tenant_id, page.items, now)))


@partnerships.post("")
@web.needs("member")
@web.idempotent(idempotency)
@partnerships.arguments(PartnershipIn)
@partnerships.response(201, PartnershipSchema)
def add(told: dict[str, Any]) -> Any:
    """Add a partnership."""
    return _shown(verbs.create(web.by(), told, partnership_id=ids.new_id(), now=clock.now()))


@partnerships.post("/import")
@web.needs("member")
@partnerships.arguments(ImportIn)
@partnerships.response(200, ImportReceipt)
def import_partnerships(told: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of partnerships, with a receipt a line; `dryRun` changes nothing."""
    by, dry_run = web.by(), told["dry_run"]
    return importing.partnerships(by, told["csv"], checked, dry_run=dry_run, new_id=ids.new_id, now=clock.now())


def checked(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One line of an import as the columns of a partnership, and what is wrong with it."""
    try:
        return PartnershipIn().load({camel(name): value for name, value in told.items()}), {}
    except ValidationError as error:
        return {}, refusals.by_path(error.messages)


@partnerships.get("/<partnership_id>")
@web.needs("member")
@partnerships.response(200, PartnershipSchema)
def read(partnership_id: str) -> Any:
    """One partnership."""
    return _shown(models.partnerships.find(web.by().tenant_id, partnership_id))


@partnerships.patch("/<partnership_id>")
@web.needs("member")
@partnerships.arguments(PartnershipPatch)
@partnerships.response(200, PartnershipSchema)
def change(told: dict[str, Any], partnership_id: str) -> Any:
    """Change a partnership; its stage moves by the table of legal moves."""
    return _shown(verbs.change(web.by(), partnership_id, told, now=clock.now(), expected=web.if_match()))


@partnerships.delete("/<partnership_id>")
@web.needs("member")
@partnerships.response(204)
def remove(partnership_id: str) -> None:
    """Take a partnership out of every list."""
    verbs.remove(web.by(), partnership_id, now=clock.now(), expected=web.if_match())


@partnerships.get("/<partnership_id>/activities")
@web.needs("member")
@partnerships.arguments(PageArgs, location="query")
@partnerships.response(200, ActivityPage)
def list_activities(asked: dict[str, Any], partnership_id: str) -> dict[str, Any]:
    """What happened with a partnership, the newest first."""
    row = models.partnerships.find(web.by().tenant_id, partnership_id)
    return web.page_body(models.activities.listed(row.tenant_id, row.id, **asked))


@partnerships.post("/<partnership_id>/activities")
@web.needs("member")
@web.idempotent(idempotency)
@partnerships.arguments(ActivityIn)
@partnerships.response(201, ActivitySchema)
def add_activity(told: dict[str, Any], partnership_id: str) -> Any:
    """Write down what happened."""
    return activities.tell(web.by(), partnership_id, told, now=clock.now(), expected=web.if_match())
