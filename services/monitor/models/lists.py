"""The queries behind lists of runs: each filter and each sort has its index, and no row carries a payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from services.monitor import run_kinds
from services.monitor.durations import NO_DURATION
from services.monitor.models import database
from services.monitor.models.finding import RunMatch
from services.monitor.models.runs import Run
from services.monitor.states import ALONE, ENDED, GONE, LISTED
from shared.contracts.paging import Page
from shared.database import pagination, statements

UNASKED = (LISTED, ALONE)
"""The listings without a filter by kind: all but AI tasks that another listed run shows."""

LISTED_KINDS = [kind.key for kind in run_kinds.sharing((LISTED,))]
DURATION = "durationMs"
ORDERS = {"createdAt": (Run.created_at,), "status": (Run.status, Run.created_at), DURATION: (Run.duration_rank,)}
"""The columns by which a list can be sorted; the id makes each order total."""


@dataclass(frozen=True)
class Filters:
    """The filters of a list of runs; a run must match all of them.

    `workflow` is a workflow's key ("discovery"), or a full name if it contains a colon ("Discovery: Acme").
    """

    status: str | None = None
    kind: str | None = None
    workflow: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    match: RunMatch | None = None


def listing(scope: str, filters: Filters, by: str = "createdAt") -> list[Any]:
    """The queries behind the list of runs sorted `by` one of ORDERS. No two of them return the same row, and each has
    its own indexes."""
    if filters.match is not None:
        queries = [Run.for_tenant(scope, seek=False).where(filters.match.condition, Run.listing != GONE)]
    elif _is_whole_name(filters.workflow):
        queries = [Run.for_tenant(scope, seek=False).where(Run.kind.in_(LISTED_KINDS), Run.listing != GONE)]
    else:
        listings = run_kinds.named(filters.kind).listings if filters.kind else UNASKED
        queries = [Run.for_tenant(scope).where(Run.listing == listing) for listing in listings]
    return [_narrowed(query, filters, by) for query in queries]


def _shares_its_shelves(kind: str) -> bool:
    """Whether the listings of this kind also contain runs of other kinds."""
    return len(run_kinds.sharing(run_kinds.named(kind).listings)) > 1


def _is_whole_name(workflow: str | None) -> bool:
    return workflow is not None and ":" in workflow


def _narrowed(query: Any, filters: Filters, by: str) -> Any:
    workflow = filters.workflow
    if filters.status:
        # An expression keeps the index of statuses unused: it would read and sort all runs of a status for the first
        # few.
        status = Run.status.concat("") if by == DURATION and not filters.match else Run.status
        query = query.where(status == filters.status)
    if filters.kind and (filters.match or _shares_its_shelves(filters.kind)):
        query = query.where(Run.kind == filters.kind)
    if workflow:
        key = Run.workflow_key == workflow.strip().casefold()
        query = query.where(Run.workflow_name == workflow if _is_whole_name(workflow) else key)
    if filters.since:
        query = query.where(Run.created_at >= filters.since)
    if filters.until:
        query = query.where(Run.created_at < filters.until)
    return query


def page(
    scope: str, filters: Filters, sort: str, *, now_ms: int, limit: int, offset: int = 0, cursor: str | None = None
) -> Page:
    """A page of the list. For sorting by duration, an unfinished run has lasted from its start until `now_ms`. Invalid
    for a cursor of another list."""
    if filters.status:
        sort = sort.replace("status", "createdAt")  # the same order of what has one status, and one that can be sought
    by = sort.removeprefix("-")
    queries = listing(scope, filters, by)

    def ranges_at(at: int) -> list[pagination.IndexRange]:
        if by != DURATION:
            return [pagination.IndexRange(query) for query in queries]
        return [part for query in queries for part in by_duration(query, filters.status, at)]

    counted = listing(scope, filters)
    return pagination.page_of_ranges(
        ranges_at, order(sort), counted=counted, at=now_ms, limit=limit, offset=offset, cursor=cursor
    )


def by_duration(query: Any, status: str | None, now_ms: int) -> list[pagination.IndexRange]:
    """The index ranges of the runs that are under way and of all others, each in the order of its rank
    (durations.rank_of); only the latter for a status that has ended."""
    still = pagination.IndexRange(query, shift=now_ms, high=NO_DURATION)
    if status in ENDED:
        return [pagination.IndexRange(query, low=NO_DURATION)]
    return [still, pagination.IndexRange(query, low=NO_DURATION, high=0 if status else None)]


def order(sort: str) -> list[tuple[Any, str]]:
    """The order named by `sort` for `shared.database.pagination`, all columns in one direction; a leading `-` means
    descending."""
    way = "desc" if sort.startswith("-") else "asc"
    return [(column, way) for column in (*ORDERS[sort.removeprefix("-")], Run.id)]


def of_subject(run: Run, most: int) -> list[Run]:
    """Other listed runs of the same customer, newest first."""
    if run.subject_id is None:
        return []
    same = Run.for_tenant(run.tenant_id).where(Run.subject_id == run.subject_id, Run.id != run.id)
    return list(same.where(Run.listing == LISTED).order_by(Run.created_at.desc()).limit(most))


MOST_KEYS = 200


def workflow_keys(tenant_id: str) -> list[str]:
    """The distinct workflow keys of a tenant's listed runs, MOST_KEYS at most."""
    return statements.distinct(
        database, "run", "workflow_key", {"tenant_id": tenant_id, "listing": LISTED}, most=MOST_KEYS
    )


def names_of(tenant_id: str, keys: Sequence[str]) -> dict[str, str]:
    """The name of the newest run of each of these workflows, by its key; one query."""
    if not keys:
        return {}
    newest = [
        Run.for_tenant(tenant_id, Run.workflow_name)
        .where(Run.listing == LISTED, Run.workflow_key == key)
        .order_by(Run.created_at.desc())
        .limit(1)
        for key in keys
    ]
    columns = [query.alias(f"of_{place}") for place, query in enumerate(newest)]
    names = next(iter(peewee.Select(columns=columns).bind(database).tuples()))
    return {key: name for key, name in zip(keys, names, strict=True) if name}
