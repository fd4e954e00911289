"""The REST door of customers and their contracts."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import ValidationError

from services.workflows import customers as verbs
from services.workflows import importing, models
from services.workflows.api.showing import customers_shown, page_of
from services.workflows.models import Customer, idempotency
from services.workflows.schemas.customers import (
    ContractDetail,
    ContractIn,
    ContractPage,
    CustomerArgs,
    CustomerDetail,
    CustomerIn,
    CustomerPage,
    CustomerPatch,
    ImportIn,
    ImportReceipt,
)
from shared import clock, ids, refusals, web
from shared.contracts.camel import camel
from shared.contracts.paging import PageArgs

customers = Blueprint("customers", __name__, url_prefix="/api/customers", description="Customers and their contracts.")


def _shown(row: Customer) -> Any:
    return web.tagged(customers_shown(row.tenant_id, [row], clock.now())[0], row.version)


@customers.get("")
@web.needs("member")
@customers.arguments(CustomerArgs, location="query")
@customers.response(200, CustomerPage)
def list_customers(asked: dict[str, Any]) -> dict[str, Any]:
    """The tenant's customers, the nearest renewal first."""
    tenant_id = web.by().tenant_id
    page = models.customers.listed(tenant_id, **asked)
    return web.page_body(page_of(page, customers_shown(tenant_id, page.items, clock.now())))


@customers.post("")
@web.needs("member")
@web.idempotent(idempotency)
@customers.arguments(CustomerIn)
@customers.response(201, CustomerDetail)
def add(told: dict[str, Any]) -> Any:
    """Add a customer."""
    return _shown(verbs.add(web.by(), told, customer_id=ids.new_id(), now=clock.now()))


@customers.post("/import")
@web.needs("member")
@customers.arguments(ImportIn)
@customers.response(200, ImportReceipt)
def import_customers(told: dict[str, Any]) -> dict[str, Any]:
    """Import a CSV file of customers, with a receipt a row; `dryRun` changes nothing."""
    by, dry_run = web.by(), told["dry_run"]
    return importing.customers(by, told["csv"], checked, dry_run=dry_run, new_id=ids.new_id, now=clock.now())


def checked(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One row of an import as the columns of a customer, and what is wrong with it."""
    try:
        return CustomerIn(partial=True).load(_camel(told)), {}
    except ValidationError as error:
        return {}, refusals.by_path(error.messages)


def _camel(told: dict[str, Any]) -> dict[str, Any]:
    return {camel(name): _camel(value) if isinstance(value, dict) else value for name, value in told.items()}


@customers.get("/<customer_id>")
@web.needs("member")
@customers.response(200, CustomerDetail)
def read(customer_id: str) -> Any:
    """One customer."""
    return _shown(models.customers.find(web.by().tenant_id, customer_id))


@customers.patch("/<customer_id>")
@web.needs("member")
@customers.arguments(CustomerPatch(partial=True))
@customers.response(200, CustomerDetail)
def change(told: dict[str, Any], customer_id: str) -> Any:
    """Change a customer."""
    return _shown(verbs.change(web.by(), customer_id, told, now=clock.now(), expected=web.if_match()))


@customers.get("/<customer_id>/contracts")
@web.needs("member")
@customers.arguments(PageArgs, location="query")
@customers.response(200, ContractPage)
def list_contracts(asked: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """A customer's contracts, the latest first, without their text."""
    customer = models.customers.find(web.by().tenant_id, customer_id)
    return web.page_body(models.customers.contracts_listed(customer.tenant_id, customer.id, **asked))


@customers.post("/<customer_id>/contracts")
@web.needs("member")
@web.idempotent(idempotency)
@customers.arguments(ContractIn)
@customers.response(201, ContractDetail)
def add_contract(told: dict[str, Any], customer_id: str) -> Any:
    """Put a contract's text on file."""
    return verbs.add_contract(web.by(), customer_id, told, contract_id=ids.new_id(), now=clock.now())


@customers.get("/<customer_id>/contracts/<contract_id>")
@web.needs("member")
@customers.response(200, ContractDetail)
def read_contract(customer_id: str, contract_id: str) -> Any:
    """One contract with its text."""
    return models.customers.contract(web.by().tenant_id, customer_id, contract_id)
