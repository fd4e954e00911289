"""The REST API of what people know of a customer: facts, holds, and readings of its scores and its usage."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint

from services.workflows import customer_facts, fact_kinds, holds, models, readings
from services.workflows.api.imports import at_once
from services.workflows.api.showing import customer_shown, fact_shown, page_of
from services.workflows.commands import AddFact, AddScore, AddUsage, ChangeFact, PlaceHold
from services.workflows.import_kinds import USAGE_READINGS
from services.workflows.models import CustomerFact, idempotency
from services.workflows.schemas.customer_facts import (
    FactArgs,
    FactIn,
    FactKindPage,
    FactPage,
    FactPatch,
    FactSchema,
    HoldIn,
    HoldPage,
    HoldSchema,
    LiftIn,
    ReadingArgs,
    ScoreIn,
    ScorePage,
    UsageIn,
    UsagePage,
    UsageReadingSchema,
)
from services.workflows.schemas.customers import CustomerDetail
from services.workflows.schemas.imports import UsageImportReceipt
from shared.contracts.imports import ImportIn
from shared.contracts.paging import Page, PageArgs
from shared.csv_import.import_routes import FORM
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages, request_checks

facts = Blueprint("facts", __name__, url_prefix="/api/customers", description="What people know of a customer.")


@facts.get("/fact-kinds")
@callers.needs("member")
@facts.response(200, FactKindPage)
def list_kinds() -> dict[str, Any]:
    """All kinds of facts, with their states and the JSON Schema of their details."""
    items = [
        {
            "key": kind.key,
            "group": kind.group.key,
            "group_title": kind.group.title,
            "title": kind.title,
            "help": kind.help,
            "states": kind.states,
            "details_schema": kind.schema,
        }
        for kind in fact_kinds.KINDS
    ]
    return list_pages.page_body(Page(items, len(items), 0, len(items), True, None))


@facts.post("/usage/import")
@request_checks.takes_files
@callers.needs("member")
@facts.arguments(ImportIn)
@facts.doc(**FORM)
@facts.response(200, UsageImportReceipt)
def import_usage(data: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of usage readings, as JSON or in a form with a field `file`, with a receipt a row; `dryRun` changes nothing, and `after` and `limit` take a part of the file."""
    return at_once(USAGE_READINGS, data, "reading_id")


def _shown(row: CustomerFact) -> Any:
    return entity_tags.tagged(fact_shown(row), row.version)


@facts.get("/<customer_id>/facts")
@callers.needs("member")
@facts.arguments(FactArgs, location="query")
@facts.response(200, FactPage)
def list_facts(filters: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """The facts about a customer, the last recorded first."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    page = models.facts.listed(customer.tenant_id, customer.id, kinds=_kinds(filters), **filters)
    return list_pages.page_body(page_of(page, [fact_shown(row) for row in page.items]))


def _kinds(filters: dict[str, Any]) -> list[str] | None:
    """The kinds that the filters name; None for all. Both filters are taken out."""
    group, kind = filters.pop("group"), filters.pop("kind")
    if group is None and kind is None:
        return None
    return [one.key for one in fact_kinds.KINDS if group in (None, one.group.key) and kind in (None, one.key)]


@facts.post("/<customer_id>/facts")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@facts.arguments(FactIn)
@facts.response(201, FactSchema)
def add_fact(command: AddFact, customer_id: str) -> Any:
    """Record a fact about a customer."""
    by = callers.by()
    return _shown(customer_facts.add(by, customer_id, command, fact_id=ids.new_id(), now=clock.now()))


@facts.patch("/<customer_id>/facts/<fact_id>")
@callers.needs("member")
@facts.arguments(FactPatch(partial=True))
@facts.response(200, FactSchema)
def change_fact(command: ChangeFact, customer_id: str, fact_id: str) -> Any:
    """Change a fact about a customer."""
    expected = entity_tags.if_match()
    return _shown(
        customer_facts.change(callers.by(), customer_id, fact_id, command, now=clock.now(), expected=expected)
    )


@facts.delete("/<customer_id>/facts/<fact_id>")
@callers.needs("member")
@facts.response(204)
def remove_fact(customer_id: str, fact_id: str) -> None:
    """Delete a fact that was recorded by mistake."""
    customer_facts.remove(callers.by(), customer_id, fact_id, now=clock.now(), expected=entity_tags.if_match())


@facts.get("/<customer_id>/holds")
@callers.needs("member")
@facts.arguments(PageArgs, location="query")
@facts.response(200, HoldPage)
def list_holds(page: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """The holds of a customer, lifted ones too, the last placed first."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    return list_pages.page_body(models.holds.listed(customer.tenant_id, customer.id, **page))


@facts.post("/<customer_id>/holds")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@facts.arguments(HoldIn)
@facts.response(201, HoldSchema)
def place_hold(command: PlaceHold, customer_id: str) -> Any:
    """Let nothing reach a customer for a time."""
    row = holds.place(callers.by(), customer_id, command, hold_id=ids.new_id(), now=clock.now())
    return entity_tags.tagged(row, row.version)


@facts.post("/<customer_id>/holds/<hold_id>/lift")
@callers.needs("member")
@facts.arguments(LiftIn)
@facts.response(200, HoldSchema)
def lift_hold(data: dict[str, Any], customer_id: str, hold_id: str) -> Any:
    """Lift a hold."""
    expected = entity_tags.if_match()
    row = holds.lift(callers.by(), customer_id, hold_id, **data, now=clock.now(), expected=expected)
    return entity_tags.tagged(row, row.version)


@facts.get("/<customer_id>/scores")
@callers.needs("member")
@facts.arguments(ReadingArgs, location="query")
@facts.response(200, ScorePage)
def list_scores(page: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """The readings of a customer's health and likelihood, the latest day first."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    return list_pages.page_body(models.facts.scores_of(customer.tenant_id, customer.id, **page))


@facts.post("/<customer_id>/scores")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@facts.arguments(ScoreIn)
@facts.response(201, CustomerDetail)
def add_score(command: AddScore, customer_id: str) -> Any:
    """Record the health or the likelihood of a customer; the latest day's becomes its present one."""
    now = clock.now()
    row = readings.add_score(callers.by(), customer_id, command, now=now)
    return entity_tags.tagged(customer_shown(row, now), row.version)


@facts.get("/<customer_id>/usage")
@callers.needs("member")
@facts.arguments(ReadingArgs, location="query")
@facts.response(200, UsagePage)
def list_usage(page: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """The usage readings of a customer, the latest day first."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    return list_pages.page_body(models.facts.usage_of(customer.tenant_id, customer.id, **page))


@facts.post("/<customer_id>/usage")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@facts.arguments(UsageIn)
@facts.response(201, UsageReadingSchema)
def add_usage(command: AddUsage, customer_id: str) -> Any:
    """Record the use of a product at a site on a day, in place of an earlier reading of that day."""
    return readings.add_usage(callers.by(), customer_id, command, reading_id=ids.new_id(), now=clock.now())


@facts.delete("/<customer_id>/usage/<reading_id>")
@callers.needs("member")
@facts.response(204)
def remove_usage(customer_id: str, reading_id: str) -> None:
    """Delete a usage reading."""
    readings.remove_usage(callers.by(), customer_id, reading_id, now=clock.now())
