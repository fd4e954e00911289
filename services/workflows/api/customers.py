"""The REST API of customers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_smorest import Blueprint

from services.workflows import customer_batches, customer_lists, models
from services.workflows import customers as verbs
from services.workflows.api.imports import at_once
from services.workflows.api.showing import acts_shown, customer_shown, customers_shown, page_of
from services.workflows.commands import ActOnCustomers, AddCustomer, ChangeCustomer
from services.workflows.import_kinds import CUSTOMERS
from services.workflows.models import Customer, idempotency
from services.workflows.schemas.customers import (
    CustomerActIn,
    CustomerArgs,
    CustomerBatchSchema,
    CustomerDetail,
    CustomerFilters,
    CustomerIn,
    CustomerPage,
    CustomerPatch,
    CustomersByStage,
    CustomerTimelinePage,
    CustomerTotals,
    GivenBack,
)
from services.workflows.schemas.imports import ImportReceipt
from shared.contracts.imports import ImportIn
from shared.contracts.paging import PageArgs
from shared.csv_import.import_routes import FORM
from shared.ground import clock, ids
from shared.web import callers, entity_tags, idempotent_views, list_pages, request_checks

customers = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers.")


def _shown(row: Customer) -> Any:
    return entity_tags.tagged(customer_shown(row, clock.now()), row.version)


@customers.get("")
@callers.needs("member")
@customers.arguments(CustomerArgs, location="query")
@customers.response(200, CustomerPage)
def list_customers(filters: dict[str, Any]) -> dict[str, Any]:
    """The tenant's customers, the earliest renewal date first if `sort` says nothing else."""
    tenant_id, now = callers.by().tenant_id, clock.now()
    page = customer_lists.page(tenant_id, now=now, **filters)
    return list_pages.page_body(page_of(page, customers_shown(tenant_id, page.items, now)))


@customers.get("/totals")
@callers.needs("member")
@customers.arguments(CustomerFilters, location="query")
@customers.response(200, CustomerTotals)
def read_totals(filters: dict[str, Any]) -> dict[str, Any]:
    """How many customers satisfy the filters, and their contract value by currency."""
    return _totals(customer_lists.totals(callers.by().tenant_id, now=clock.now(), **filters))


@customers.get("/stages")
@callers.needs("member")
@customers.arguments(CustomerFilters, location="query")
@customers.response(200, CustomersByStage)
def read_stages(filters: dict[str, Any]) -> dict[str, Any]:
    """How many of the customers that satisfy the filters are in each stage, and their contract value by currency."""
    found = customer_lists.by_stage(callers.by().tenant_id, now=clock.now(), **filters)
    return {"items": [{"stage": stage, **_totals(rows)} for stage, rows in found.items()]}


def _totals(rows: Sequence[tuple[str, int, int]]) -> dict[str, Any]:
    totals = [
        {"currency": currency, "customers": count, "arr": Decimal(hundredths) / 100}
        for currency, count, hundredths in rows
    ]
    return {"customers": sum(count for _, count, _ in rows), "by_currency": totals}


@customers.post("")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@customers.arguments(CustomerIn)
@customers.response(201, CustomerDetail)
def add(command: AddCustomer) -> Any:
    """Add a customer."""
    return _shown(verbs.add(callers.by(), command, customer_id=ids.new_id(), now=clock.now()))


@customers.post("/batches")
@callers.needs("member")
@idempotent_views.idempotent(idempotency)
@customers.arguments(CustomerActIn)
@customers.response(201, CustomerBatchSchema)
def act(command: ActOnCustomers) -> dict[str, Any]:
    """Do one action with up to 200 customers; each has its own receipt."""
    batch_id, receipts = customer_batches.act(callers.by(), command, batch_id=ids.new_id(), now=clock.now())
    return {"id": batch_id, "action": command.action, "receipts": receipts}


@customers.post("/batches/<batch_id>/undo")
@callers.needs("member")
@customers.response(200, GivenBack)
def undo(batch_id: str) -> dict[str, Any]:
    """Give the customers that a batch handed over back to their owners before it; one that was handed on since stays."""
    return {"receipts": customer_batches.undo(callers.by(), batch_id, now=clock.now())}


@customers.post("/import")
@request_checks.takes_files
@callers.needs("member")
@customers.arguments(ImportIn)
@customers.doc(**FORM)
@customers.response(200, ImportReceipt)
def import_customers(data: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of customers, as JSON or in a form with a field `file`, with a receipt a row; `dryRun` changes nothing, and `after` and `limit` take a part of the file."""
    return at_once(CUSTOMERS, data, "customer_id")


@customers.get("/<customer_id>")
@callers.needs("member")
@customers.response(200, CustomerDetail)
def read(customer_id: str) -> Any:
    """One customer."""
    return _shown(models.customers.get(callers.by().tenant_id, customer_id))


@customers.patch("/<customer_id>")
@callers.needs("member")
@customers.arguments(CustomerPatch(partial=True))
@customers.response(200, CustomerDetail)
def change(command: ChangeCustomer, customer_id: str) -> Any:
    """Change a customer."""
    return _shown(verbs.change(callers.by(), customer_id, command, now=clock.now(), expected=entity_tags.if_match()))


@customers.get("/<customer_id>/timeline")
@callers.needs("member")
@customers.arguments(PageArgs, location="query")
@customers.response(200, CustomerTimelinePage)
def list_timeline(page: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """What people and AI tasks did with a customer, its contacts, its workflows and its tasks, the newest first."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    found = models.timeline.of_customer(customer.tenant_id, customer.id, **page)
    return list_pages.page_body(page_of(found, acts_shown(customer.tenant_id, found.items)))
