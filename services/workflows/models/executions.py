"""Queries and writes on workflow executions and their steps; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from services.workflows.models.database import feed
from services.workflows.models.tables import Execution, Step
from shared.contracts.paging import Page
from shared.database import pagination
from shared.database.model import Columns, insert_rows
from shared.search import lists

DONE = ("completed", "skipped")


def get(tenant_id: str, execution_id: str) -> Execution:
    """The execution. NotFound for another tenant's too."""
    return Execution.get_for(tenant_id, execution_id)


def get_or_none(tenant_id: str, execution_id: str) -> Execution | None:
    """The execution, or None."""
    return Execution.get_or_none_for(tenant_id, execution_id)


def get_for_update(tenant_id: str, execution_id: str) -> Execution:
    """Like `get`, but locked until the transaction ends, so that changes to it, its steps or its plan never overlap."""
    return Execution.get_for(tenant_id, execution_id, for_update=True)


def listed(
    tenant_id: str,
    *,
    customer_id: str | None,
    stage: str | None,
    status: str | None,
    owner: str | None,
    limit: int,
    offset: int,
    cursor: str | None,
    counted: bool = True,
) -> Page:
    """A tenant's executions, newest first; with `counted=False` without their number."""
    query = Execution.for_tenant(tenant_id)
    wanted_of = {
        Execution.customer_id: customer_id,
        Execution.stage: stage,
        Execution.status: status,
        Execution.owner: owner,
    }
    for field, wanted in wanted_of.items():
        if wanted:
            query = query.where(field == wanted)
    order = [(Execution.created_at, "desc"), (Execution.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor, counted=counted)


def open_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, list[Execution]]:
    """The executions in progress of each of these customers, the oldest first."""
    by_customer: dict[str, list[Execution]] = {}
    columns = Execution.id, Execution.customer_id, Execution.stage, Execution.plan_status, Execution.created_at
    query = Execution.for_tenant(tenant_id, *columns).where(
        Execution.customer_id.in_(list(customer_ids)), lists.tested(lists.equal(Execution.status, "in_progress"))
    )
    # Sorted here, as below: SQLite would walk all of the tenant's in this order.
    for row in sorted(query, key=lambda execution: (execution.created_at, execution.id)):
        by_customer.setdefault(row.customer_id, []).append(row)
    return by_customer


def completed_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, list[Execution]]:
    """The last completed execution of each stage of each of these customers, the newest first."""
    columns = Execution.id, Execution.customer_id, Execution.stage, Execution.completed_at
    query = Execution.for_tenant(tenant_id, *columns).where(
        Execution.customer_id.in_(list(customer_ids)), lists.tested(lists.equal(Execution.status, "completed"))
    )
    last: dict[tuple[str, str], Execution] = {}
    for row in sorted(query, key=lambda execution: (execution.completed_at, execution.id), reverse=True):
        last.setdefault((row.customer_id, row.stage), row)
    by_customer: dict[str, list[Execution]] = {}
    for row in last.values():
        by_customer.setdefault(row.customer_id, []).append(row)
    return by_customer


def add(execution: Columns, steps: list[Columns]) -> Execution:
    """Write a new execution with its steps."""
    row = Execution(**execution)
    insert_rows(Execution, [execution])
    insert_rows(Step, steps)
    mark(row, steps=[step["id"] for step in steps])
    return row


def mark(execution: Execution, *, steps: Sequence[str] = ()) -> None:
    """Mark an execution, and these of its steps, as changed."""
    feed.mark("workflow-execution", execution.id, execution.tenant_id)
    for step_id in steps:
        feed.mark("workflow-step", step_id, execution.tenant_id)


def change(row: Execution, **values: Any) -> None:
    """Write changed columns of an execution."""
    row.write(**values)
    mark(row)


def steps_of(execution: Execution) -> list[Step]:
    """The steps of an execution in their order."""
    query = Step.for_tenant(execution.tenant_id).where(Step.execution_id == execution.id)
    return list(query.order_by(Step.order_index))


def latest_completed_step(execution: Execution, kind: str) -> Step | None:
    """The last completed step of a kind in the newest earlier execution with the same customer that has one, cancelled
    ones left out. It reads the customer's executions from the newest on, by their index."""
    query = (
        Step.for_tenant(Execution.tenant_id)
        .join(Execution, on=(Step.execution_id == Execution.id))
        .where(
            Execution.within(execution.tenant_id)
            & (Execution.customer_id == execution.customer_id)
            & (Execution.created_at < execution.created_at)
            & (Execution.status != "cancelled")
            & (Step.kind == kind)
            & (Step.status == "completed")
        )
    )
    return query.order_by(Execution.created_at.desc(), Execution.id.desc(), Step.order_index.desc()).first()


def change_step(row: Step, **values: Any) -> None:
    """Write changed columns of a step."""
    row.write(**values)
    feed.mark("workflow-step", row.id, row.tenant_id)


def progress_of(tenant_id: str, execution_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """(finished steps, all steps) of each of these executions."""
    done = peewee.fn.SUM(peewee.Case(None, [(Step.status.in_(DONE), 1)], 0))
    query: Any = (
        Step.for_tenant(tenant_id, Step.execution_id, done.alias("done"), peewee.fn.COUNT(Step.id).alias("total"))
        .where(Step.execution_id.in_(list(execution_ids)))
        .group_by(Step.execution_id)
    )
    return {row.execution_id: (int(row.done), int(row.total)) for row in query}
