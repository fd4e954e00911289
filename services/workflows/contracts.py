"""Adds and changes contracts, and has the text of those that came as a file read by the executor."""

from __future__ import annotations

from datetime import datetime

from services.workflows import models, renewal_days, states
from services.workflows.clauses.text import LONGEST_TEXT
from services.workflows.commands import AddContract, AddContractFile, ChangeContract
from services.workflows.contract_files import ContractFile
from services.workflows.facts.customer import ContractFacts, of_columns
from services.workflows.models import Contract, Customer, acts, feed
from services.workflows.step_kinds import contract_analysis
from shared.contracts.commands import given
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

READER = "contract-text-reader"
SOURCE = "contract"
"""The kind of source that the AI task of a reading names."""

PRIORITY = 2


def add(by: Principal, customer_id: str, command: AddContract, *, contract_id: str, now: datetime) -> Contract:
    """Add a contract's text to a customer. NotFound for an unknown customer; Invalid when what it amends or supersedes
    is not a contract of the customer, or is not said."""
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        _check_relation(customer.tenant_id, customer.id, command.relation, command.relates_to_id)
        row = models.contracts.add(
            id=contract_id, tenant_id=by.tenant_id, customer_id=customer.id, created_at=now, **given(command)
        )
        acts.record(by, "added contract", "customer", customer.id, now=now, details={"title": row.title})
        return row


def _check_relation(tenant_id: str, customer_id: str, relation: str | None, relates_to_id: str | None) -> None:
    if (relation is None) != (relates_to_id is None):
        missing = "relation" if relation is None else "relatesToId"
        raise Invalid("What it amends or supersedes is half said.", errors={missing: ["Needed with the other."]})
    if relates_to_id is not None:
        models.contracts.get(tenant_id, customer_id, relates_to_id)


def add_file(
    by: Principal,
    customer_id: str,
    command: AddContractFile,
    file: ContractFile,
    *,
    sha256: str,
    contract_id: str,
    now: datetime,
) -> Contract:
    """Add a contract whose file is in the file store, and request its reading. One with this id is not added again.

    NotFound for an unknown customer.
    """
    with feed.transaction():
        customer = models.customers.get_kept(by.tenant_id, customer_id)
        earlier = models.contracts.get_or_none_for_update(by.tenant_id, contract_id)
        if earlier is not None:
            return earlier
        row = models.contracts.add(
            id=contract_id,
            tenant_id=by.tenant_id,
            customer_id=customer.id,
            **given(command) | {"title": command.title or file.title},
            text="",
            text_state="reading",
            file_name=file.name,
            file_media_type=file.kind.media_type,
            file_size=len(file.content),
            file_sha256=sha256,
            created_at=now,
        )
        _request_reading(by, row, request_id=row.id, retry_of=None, now=now)
        details = {"title": row.title, "file": file.name}
        acts.record(by, "added contract", "customer", customer.id, now=now, details=details)
        return row


def change(
    by: Principal,
    customer_id: str,
    contract_id: str,
    command: ChangeContract,
    *,
    now: datetime,
    expected: int | None = None,
) -> Contract:
    """Change the given fields of a contract. NotFound; Stale when it is not at the `expected` version; Invalid as in
    `add`, and for one that would relate to itself."""
    with feed.transaction():
        row = models.contracts.get(by.tenant_id, customer_id, contract_id, for_update=True)
        row.expect(expected)
        changes = given(command)
        relates_to_id = changes.get("relates_to_id", row.relates_to_id)
        if relates_to_id == row.id:
            raise Invalid(
                "A contract does not relate to itself.", errors={"relatesToId": ["This is the contract itself."]}
            )
        _check_relation(row.tenant_id, row.customer_id, changes.get("relation", row.relation), relates_to_id)
        if "text" in changes:
            typed = states.CONTRACT_TEXT.after("type", row.text_state)
            changes |= {"text_state": typed, "text_problem": None, "text_sha256": None}
        row.write(**changes)
        details = {"contract": row.id, "fields": sorted(given(command))}
        acts.record(by, "changed contract", "customer", row.customer_id, now=now, details=details)
        return row


def read_again(
    by: Principal,
    customer_id: str,
    contract_id: str,
    *,
    request_id: str,
    now: datetime,
    expected: int | None = None,
) -> Contract:
    """Request the reading of a contract's file again. NotFound; Stale; Conflict when there is no file, or nothing to be
    read again."""
    with feed.transaction():
        row = models.contracts.get(by.tenant_id, customer_id, contract_id, for_update=True)
        row.expect(expected)
        if row.file_sha256 is None:
            raise Conflict("This contract did not come as a file, so there is nothing to read.", allowed=[])
        after = states.CONTRACT_TEXT.after("read again", row.text_state)
        _request_reading(by, row, request_id=request_id, retry_of=row.run_id or row.id, now=now)
        row.write(
            text_state=after,
            text_problem=None,
            run_id=request_id,
            run_number=row.run_number + 1,
            run_version=0,
        )
        details = {"contract": row.id, "title": row.title}
        acts.record(by, "had contract read again", "customer", row.customer_id, now=now, details=details)
        return row


def findings_in(customer: Customer, row: Contract, *, now: datetime) -> JsonObject:
    """What is read in this contract alone; see contract_analysis.analyse."""
    facts = of_columns(ContractFacts, row.__data__)
    return contract_analysis.analyse([facts], customer.renewal_date, renewal_days.today_at(customer, now))


def _request_reading(by: Principal, row: Contract, *, request_id: str, retry_of: str | None, now: datetime) -> None:
    request = {
        "id": request_id,
        "tenant_id": row.tenant_id,
        "title": f"Read {row.file_name}",
        "processor": READER,
        "metadata": {
            "contractId": row.id,
            "sha256": row.file_sha256,
            "name": row.file_name,
            "mediaType": row.file_media_type,
            "longestText": LONGEST_TEXT,
        },
        "priority": PRIORITY,
        "subject": row.customer_id,
        "source_kind": SOURCE,
        "source_id": row.id,
        "retry_of": retry_of,
        "by": by.as_json(),
        "created_at": now,
    }
    models.requests.request_ai_tasks([request])
