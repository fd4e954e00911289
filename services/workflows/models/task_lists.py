"""The list of tasks, filtered and sorted, in the orders that have an index; limited to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.workflows.models.database import words
from services.workflows.models.tables import (
    AI,
    COMPLETED,
    CUSTOMER,
    PARTNERSHIP,
    SNOOZED,
    TASK_ORDER,
    TO_DO,
    UNDATED,
    Task,
)
from services.workflows.models.tasks import KIND
from shared.contracts.paging import Page
from shared.database import pagination
from shared.search import lists

TOP_LEVEL = "none"
PAYLOADS = (Task.metadata, Task.execution_result, Task.evidence, Task.standing_effects, Task.description)
LISTED = tuple(field for field in Task._meta.sorted_fields if field not in PAYLOADS)
SORTS: dict[str, list[tuple[Any, str]]] = {
    "priority": [(field, "asc") for field in TASK_ORDER],
    "due": [(Task.due_order, "asc"), (Task.priority, "asc"), (Task.id, "asc")],
    "snoozed": [(Task.snoozed_until, "asc"), (Task.id, "asc")],
    "completed": [(Task.completed_at, "desc"), (Task.id, "desc")],
}
"""The orders of the list. Those named after a status have only the tasks of that status."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of tasks is narrowed to. With `parent_task_id` "none", sub-tasks are left out; `todo` are those that
    people have to do now; `q` are beginnings of words of the title."""

    auto_execute: bool | None = None
    execution_status: str | None = None
    status: str | None = None
    todo: bool | None = None
    owner: str | None = None
    customer_id: str | None = None
    execution_id: str | None = None
    partnership_id: str | None = None
    parent_task_id: str | None = None
    due_before: date | None = None
    due_from: date | None = None
    q: str | None = None
    ids: Sequence[str] | None = None


def listed(
    tenant_id: str,
    wanted: Wanted,
    sort: str,
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
    counted: bool = True,
) -> Page:
    """A tenant's tasks without their payloads, in one of the orders of SORTS; with `counted=False` without their number.

    Those of one customer, partnership, execution or parent, and those of few that a search finds, are looked up and
    sorted; of others the index of the order is walked.
    """
    order = SORTS[sort]
    place: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    match = words.match(KIND, tenant_id, wanted.q, Task.id)
    narrow = _narrow(wanted)
    searched = match is not None and match.is_few
    if narrow or searched:
        tests = [*map(lists.sought, narrow), *map(lists.tested, _filters(wanted)), *_tested_places(wanted, sort)]
        if match is not None:
            tests += [match.looked_up(Task.id)] if searched else match.tests
        rows = Task.for_tenant(tenant_id, *(column for column, _ in order), seek=not searched)
        page = pagination.page_of_materialized(rows.where(*tests), order, **place)
        return lists.read(Task, tenant_id, page, LISTED)
    first = _leading(wanted, sort)
    tests = [lists.sought(one) if one.column in first else lists.tested(one) for one in _filters(wanted)]
    rows = Task.for_tenant(tenant_id, *LISTED).where(*tests, *_present(wanted, sort))
    if match is None:
        return pagination.page(rows, order, counted=counted, **place)
    return pagination.page(rows.where(*match.tests), order, counted=False, **place)


def _narrow(wanted: Wanted) -> list[lists.Filter]:
    """The filters that leave few tasks, each with an index."""
    filters = []
    for kind, subject_id in ((CUSTOMER, wanted.customer_id), (PARTNERSHIP, wanted.partnership_id)):
        if subject_id is not None:
            filters += [lists.equal(Task.subject_kind, kind), lists.equal(Task.subject_id, subject_id)]
    if wanted.execution_id is not None:
        filters.append(lists.equal(Task.execution_id, wanted.execution_id))
    if wanted.parent_task_id and wanted.parent_task_id != TOP_LEVEL:
        filters.append(lists.equal(Task.parent_task_id, wanted.parent_task_id))
    if wanted.ids:
        filters.append(lists.one_of(Task.id, wanted.ids))
    return filters


def _filters(wanted: Wanted) -> list[lists.Filter]:
    """The other filters."""
    equal = (
        (Task.auto_execute, wanted.auto_execute),
        (Task.execution_status, wanted.execution_status),
        (Task.status, wanted.status),
        (Task.owner, wanted.owner),
    )
    filters = [lists.equal(field, value) for field, value in equal if value is not None]
    if wanted.due_before:
        filters.append(lists.below(Task.due_order, min(wanted.due_before, UNDATED)))
    if wanted.due_from:
        filters.append(lists.since(Task.due_order, wanted.due_from))
    return filters


def _leading(wanted: Wanted, sort: str) -> tuple[Any, ...]:
    """The columns by which the index of the order is sought; the others are tested. There is one for an owner in each
    order, and by priority also one for a status."""
    if wanted.owner is not None:
        return (Task.owner, Task.due_order) if sort == "due" else (Task.owner,)
    if sort == "due":
        return (Task.due_order,)
    if sort == "priority":
        return (Task.execution_status,) if wanted.execution_status is not None else (Task.status,)
    return ()


def _present(wanted: Wanted, sort: str) -> list[Any]:
    """The conditions as the partial indexes of these lists are written."""
    present = _top_level(wanted)
    if wanted.todo:
        return [*present, TO_DO]
    if sort == "snoozed":
        return [*present, SNOOZED, Task.snoozed_until.is_null(False)]
    if sort == "completed":
        return [*present, COMPLETED, Task.completed_at.is_null(False)]
    return [*present, AI] if wanted.auto_execute else present


def _tested_places(wanted: Wanted, sort: str) -> list[Any]:
    """The same conditions as tests of rows that another index finds."""
    present = _top_level(wanted)
    if wanted.todo:
        return [*present, TO_DO]
    if sort in ("snoozed", "completed"):
        column = Task.snoozed_until if sort == "snoozed" else Task.completed_at
        return [*present, lists.tested(lists.equal(Task.status, sort)), column.is_null(False)]
    return present


def _top_level(wanted: Wanted) -> list[Any]:
    return [Task.parent_task_id.is_null()] if wanted.parent_task_id == TOP_LEVEL else []
