"""What belongs to the sample customers of a tenant: how much it is, and its removal; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.workflows.models.customer_tables import Contact, ContactMerge, Contract, Customer
from services.workflows.models.customers import SEARCHED
from services.workflows.models.database import feed, words
from services.workflows.models.exchange import Request
from services.workflows.models.fact_tables import CustomerFact, CustomerHold, ScoreReading, UsageReading
from services.workflows.models.tables import CUSTOMER, Execution, Plan, Step, Task, Trigger
from services.workflows.models.task_tables import TaskComment
from services.workflows.models.tasks import KIND as TASK_KIND
from shared.database.model import locked

UNPUBLISHED = (ContactMerge, Contract, CustomerFact, ScoreReading, UsageReading, Trigger)
"""The tables of a customer's rows that neither the feed nor the search has."""

AT_ONCE = 400
"""Values in one statement, so that they are fewer than SQLite takes."""


def present(tenant_id: str, customer_ids: Sequence[str], *, for_update: bool = False) -> list[Customer]:
    """Those of these customers that are there, by their ids; locked until the transaction ends with `for_update`, so that
    nobody adds anything to them meanwhile."""
    query = Customer.for_tenant(tenant_id).where(Customer.id.in_(list(customer_ids))).order_by(Customer.id)
    return list(locked(query) if for_update else query)


def has_other_customers(tenant_id: str, customer_ids: Sequence[str]) -> bool:
    """Whether the tenant has a customer besides these."""
    return Customer.for_tenant(tenant_id, Customer.id).where(Customer.id.not_in(list(customer_ids))).exists()


def counts(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, int]:
    """How much belongs to these customers: contacts, contracts, workflows, tasks."""
    mine = list(customer_ids)
    return {
        "contacts": Contact.for_tenant(tenant_id).where(Contact.customer_id.in_(mine)).count(),
        "contracts": Contract.for_tenant(tenant_id).where(Contract.customer_id.in_(mine)).count(),
        "workflows": len(execution_ids(tenant_id, mine)),
        "tasks": len(task_ids(tenant_id, mine)),
    }


def execution_ids(tenant_id: str, customer_ids: Sequence[str]) -> list[str]:
    """The ids of the workflows of these customers."""
    return _ids(Execution, tenant_id, Execution.customer_id.in_(list(customer_ids)))


def task_ids(tenant_id: str, customer_ids: Sequence[str], *, besides: Sequence[str] = ()) -> list[str]:
    """The ids of the tasks about these customers; without those that come from these workflows."""
    found = (Task.subject_kind == CUSTOMER) & Task.subject_id.in_(list(customer_ids))
    if besides:
        found &= Task.execution_id.is_null() | Task.execution_id.not_in(list(besides))
    return _ids(Task, tenant_id, found)


def _ids(model: Any, tenant_id: str, condition: Any) -> list[str]:
    return [row.id for row in model.for_tenant(tenant_id, model.id).where(condition)]


def remove(tenant_id: str, customer_ids: Sequence[str]) -> None:
    """Delete these customers and all that belongs to them, and mark in the feed what others have copies of. Call it inside
    a transaction."""
    mine = list(customer_ids)
    executions, tasks = execution_ids(tenant_id, mine), task_ids(tenant_id, mine)
    steps = [step for part in _parts(executions) for step in _ids(Step, tenant_id, Step.execution_id.in_(part))]
    for kind, subjects in (("workflow-execution", executions), ("workflow-step", steps)):
        _mark(tenant_id, kind, subjects)
    sourced = [id_ for part in _parts(tasks) for id_ in _ids(Task, tenant_id, Task.id.in_(part) & _is_published())]
    _mark(tenant_id, "task", sourced)
    _mark(tenant_id, "hold", _ids(CustomerHold, tenant_id, CustomerHold.customer_id.in_(mine)))
    _forget_words(TASK_KIND, tenant_id, tasks)
    _forget_words(SEARCHED[Contact][0], tenant_id, _ids(Contact, tenant_id, Contact.customer_id.in_(mine)))
    _forget_words(SEARCHED[Customer][0], tenant_id, mine)
    for column, ids_ in (
        (Request.source_id, [*executions, *tasks]),
        (TaskComment.task_id, tasks),
        (Task.id, tasks),
        (Step.execution_id, executions),
        (Plan.execution_id, executions),
        (Execution.id, executions),
        *((table.customer_id, mine) for table in (*UNPUBLISHED, CustomerHold, Contact)),
        (Customer.id, mine),
    ):
        for part in _parts(ids_):
            column.model.delete_for(tenant_id).where(column.in_(part)).execute()


def _is_published() -> Any:
    return Task.source_service.is_null(False)


def _parts(ids_: Sequence[str]) -> list[list[str]]:
    return [list(ids_[start : start + AT_ONCE]) for start in range(0, len(ids_), AT_ONCE)]


def _mark(tenant_id: str, kind: str, subjects: Sequence[str]) -> None:
    for subject in subjects:
        feed.mark(kind, subject, tenant_id)


def _forget_words(kind: str, tenant_id: str, subjects: Sequence[str]) -> None:
    for subject in subjects:
        words.drop(kind, tenant_id, subject)
