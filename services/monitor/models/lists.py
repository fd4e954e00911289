"""The questions that lists of runs ask: each filter and each sort has its index, and no row carries a payload."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.monitor.models import distinct, inside, within
from services.monitor.models.finding import Match
from services.monitor.models.runs import GONE, LISTED, TASKS, Run


def listing(
    tenant_id: str,
    *,
    status: str | None = None,
    kind: str | None = None,
    workflow: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    match: Match | None = None,
) -> Any:
    """The query behind the list of runs. AI tasks are in it when they are asked for by kind or by search.

    `workflow` is a workflow's key ("discovery"), or a whole name when it has a colon ("Discovery: Acme").
    """
    if match is not None:
        query = Run.select().where(match.condition, Run.shelf != GONE)
    elif workflow and ":" in workflow:
        query = Run.select().where(inside(Run, tenant_id), Run.kind != "ai_task", Run.shelf != GONE)
    else:
        query = Run.select().where(within(Run, tenant_id), Run.shelf == (TASKS if kind == "ai_task" else LISTED))
    if status:
        query = query.where(Run.status == status)
    if kind and (match or kind != "ai_task"):
        query = query.where(Run.kind == kind)
    if workflow:
        named = Run.workflow_name == workflow if ":" in workflow else Run.workflow_key == workflow.strip().casefold()
        query = query.where(named)
    if since:
        query = query.where(Run.created_at >= since)
    if until:
        query = query.where(Run.created_at < until)
    return query


ORDERS = {"createdAt": (Run.created_at,), "status": (Run.status, Run.created_at), "durationMs": (Run.duration_rank,)}
"""What a list can be sorted by; the id makes each order total."""


def order(sort: str) -> list[tuple[Any, str]]:
    """The order named by `sort`, all in one direction, as `shared.keyset.page` wants it; `-` before it is descending."""
    way = "desc" if sort.startswith("-") else "asc"
    return [(column, way) for column in (*ORDERS[sort.removeprefix("-")], Run.id)]


def of_subject(run: Run, most: int) -> list[Run]:
    """Other listed runs of the same customer, newest first."""
    if run.subject_id is None:
        return []
    same = (Run.tenant_id == run.tenant_id) & (Run.subject_id == run.subject_id) & (Run.id != run.id)
    return list(Run.select().where(same, Run.shelf == LISTED).order_by(Run.created_at.desc()).limit(most))


MOST_KEYS = 50


def workflow_keys(tenant_id: str) -> list[str]:
    """The distinct workflow keys of a tenant's listed runs, MOST_KEYS at most."""
    return distinct("run", "workflow_key", {"tenant_id": tenant_id, "shelf": LISTED}, most=MOST_KEYS)
