"""Questions about workflow executions and their steps, each of one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from services.workflows.models.table import feed
from services.workflows.models.tables import Execution, Step
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.rows import held, insert_rows

DONE = ("completed", "skipped")


def find(tenant_id: str, execution_id: str) -> Execution:
    """The execution. NotFound for another tenant's too."""
    return _one(Execution.select(), tenant_id, execution_id)


def alone(tenant_id: str, execution_id: str) -> Execution:
    """The execution, held until the transaction ends: whoever changes it, its steps or its plan goes one after the
    other."""
    return _one(held(Execution.select()), tenant_id, execution_id)


def _one(query: Any, tenant_id: str, execution_id: str) -> Execution:
    row = query.where((Execution.id == execution_id) & (Execution.tenant_id == tenant_id)).first()
    if row is None:
        raise NotFound(f"There is no workflow execution {execution_id}.")
    return row


def listed(
    tenant_id: str,
    *,
    customer_id: str | None,
    stage: str | None,
    status: str | None,
    limit: int,
    offset: int,
    cursor: str | None,
) -> Page:
    """A tenant's executions, newest first."""
    query = Execution.select().where(Execution.tenant_id == tenant_id)
    for field, wanted in ((Execution.customer_id, customer_id), (Execution.stage, stage), (Execution.status, status)):
        if wanted:
            query = query.where(field == wanted)
    order = [(Execution.created_at, "desc"), (Execution.id, "desc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def open_of(tenant_id: str, customer_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the executions in progress of each of these customers, the oldest first."""
    found: dict[str, list[str]] = {}
    query = Execution.select(Execution.id, Execution.customer_id).where(
        (Execution.tenant_id == tenant_id)
        & Execution.customer_id.in_(list(customer_ids))
        & (Execution.status == "in_progress")
    )
    for row in query.order_by(Execution.created_at, Execution.id):
        found.setdefault(row.customer_id, []).append(row.id)
    return found


def add(execution: dict[str, Any], steps: list[dict[str, Any]]) -> Execution:
    """Write a new execution with its steps."""
    row = Execution(**execution)
    insert_rows(Execution, [execution])
    insert_rows(Step, steps)
    mark(row, steps=[step["id"] for step in steps])
    return row


def mark(execution: Execution, *, steps: Sequence[str] = ()) -> None:
    """Say that an execution, and these of its steps, changed."""
    feed.mark("workflow-execution", execution.id, execution.tenant_id)
    for step_id in steps:
        feed.mark("workflow-step", step_id, execution.tenant_id)


def change(row: Execution, **values: Any) -> None:
    """Write what changed of an execution."""
    row.write(**values)
    mark(row)


def steps_of(execution_id: str) -> list[Step]:
    """The steps of an execution in their order."""
    return list(Step.select().where(Step.execution_id == execution_id).order_by(Step.order_index))


def change_step(row: Step, **values: Any) -> None:
    """Write what changed of a step."""
    row.write(**values)
    feed.mark("workflow-step", row.id, row.tenant_id)


def progress_of(execution_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """(steps done, steps in all) of each of these executions."""
    done = peewee.fn.SUM(peewee.Case(None, [(Step.status.in_(DONE), 1)], 0))
    query = (
        Step.select(Step.execution_id, done.alias("done"), peewee.fn.COUNT(Step.id).alias("total"))
        .where(Step.execution_id.in_(list(execution_ids)))
        .group_by(Step.execution_id)
    )
    return {row.execution_id: (int(row.done), int(row.total)) for row in query}
