"""The REST API of a customer's contracts: their texts, their files, and what is read in them."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from flask_smorest import Blueprint

from services.workflows import contract_files, models
from services.workflows import contracts as verbs
from services.workflows.clients import ExecutorFiles
from services.workflows.commands import AddContractFile, ChangeContract
from services.workflows.models import Contract, idempotency
from services.workflows.schemas.contracts import (
    ContractDetail,
    ContractFileIn,
    ContractFindings,
    ContractIn,
    ContractPage,
    ContractPatch,
)
from shared.contracts.paging import PageArgs
from shared.ground import clock, ids
from shared.ground.errors import Invalid
from shared.web import callers, current_service, entity_tags, idempotent_views, list_pages, request_checks, uploads

contracts = Blueprint(
    "contracts",
    __name__,
    url_prefix="/api/customers/<customer_id>/contracts",
    description="A customer's contracts, as text or as a file.",
)

FORM = "multipart/form-data"
BODIES = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": ContractIn}, FORM: {"schema": ContractFileIn}},
    }
}
"""A contract comes as its text in JSON, or as a file in a form."""


def _is_form(_: Any = None) -> bool:
    return request.mimetype == FORM


def _shown(row: Contract) -> Any:
    return entity_tags.tagged(row, row.version)


@contracts.get("")
@callers.needs("member")
@contracts.arguments(PageArgs, location="query")
@contracts.response(200, ContractPage)
def list_contracts(page: dict[str, Any], customer_id: str) -> dict[str, Any]:
    """A customer's contracts, the latest first, without their text."""
    customer = models.customers.get(callers.by().tenant_id, customer_id)
    return list_pages.page_body(models.contracts.listed(customer.tenant_id, customer.id, **page))


@contracts.post("")
@request_checks.takes_documents
@callers.needs("member")
@idempotent_views.idempotent(idempotency, in_parts=_is_form)
@contracts.doc(**BODIES)
@contracts.response(201, ContractDetail)
def add(customer_id: str) -> Any:
    """Put a contract on file: its text as JSON, or its file in a form, which the executor then reads."""
    if _is_form():
        return _shown(_add_file(customer_id))
    command = contracts.ARGUMENTS_PARSER.parse(ContractIn(), request, location="json")
    return _shown(verbs.add(callers.by(), customer_id, command, contract_id=ids.new_id(), now=clock.now()))


def _add_file(customer_id: str) -> Contract:
    by = callers.by()
    command: AddContractFile = contracts.ARGUMENTS_PARSER.parse(
        ContractFileIn(exclude=["file"]), request, location="form"
    )
    file = _file_of_the_form()
    customer = models.customers.get(by.tenant_id, customer_id)
    files: ExecutorFiles = current_app.extensions[ExecutorFiles.NAME]
    sha256 = files.store(by.tenant_id, file.content, name=file.name, media_type=file.kind.media_type)
    return verbs.add_file(
        by, customer.id, command, file, sha256=sha256, contract_id=_id_of_this_request(customer.id), now=clock.now()
    )


def _file_of_the_form() -> contract_files.ContractFile:
    sent = list(request.files.items(multi=True))
    if [name for name, _ in sent] != ["file"]:
        raise Invalid("Send one file, in the field `file`.", errors={"file": ["One file, in this field."]})
    (_, upload) = sent[0]
    content = uploads.content_of(upload)
    return contract_files.checked(upload.filename or "", content, current_service.settings().file_bytes)


def _id_of_this_request(customer_id: str) -> str:
    """The id of the new contract: with an Idempotency-Key the same at each repeat, because a repeat may come while the
    first is still being answered."""
    key = request.headers.get("Idempotency-Key")
    by = callers.by()
    return ids.named("contract", by.tenant_id, by.id, customer_id, key) if key else ids.new_id()


@contracts.get("/<contract_id>")
@callers.needs("member")
@contracts.response(200, ContractDetail)
def read(customer_id: str, contract_id: str) -> Any:
    """One contract with its text."""
    return _shown(models.contracts.get(callers.by().tenant_id, customer_id, contract_id))


@contracts.patch("/<contract_id>")
@request_checks.takes_files
@callers.needs("member")
@contracts.arguments(ContractPatch(partial=True))
@contracts.response(200, ContractDetail)
def change(command: ChangeContract, customer_id: str, contract_id: str) -> Any:
    """Change a contract: what was not read is filled by hand, and then counts."""
    return _shown(
        verbs.change(callers.by(), customer_id, contract_id, command, now=clock.now(), expected=entity_tags.if_match())
    )


@contracts.post("/<contract_id>/read")
@callers.needs("member")
@contracts.response(200, ContractDetail)
def read_again(customer_id: str, contract_id: str) -> Any:
    """Have the file of a contract read again, after it failed or found no text."""
    return _shown(
        verbs.read_again(
            callers.by(),
            customer_id,
            contract_id,
            request_id=ids.new_id(),
            now=clock.now(),
            expected=entity_tags.if_match(),
        )
    )


@contracts.get("/<contract_id>/findings")
@callers.needs("member")
@contracts.response(200, ContractFindings)
def findings(customer_id: str, contract_id: str) -> Any:
    """What is read in this contract alone, clause by clause, each with its sentence."""
    tenant_id = callers.by().tenant_id
    customer = models.customers.get(tenant_id, customer_id)
    row = models.contracts.get(tenant_id, customer_id, contract_id)
    found = verbs.findings_in(customer, row, now=clock.now())
    return entity_tags.tagged(found | {"contractId": row.id}, row.version)
