"""Queries and writes on objectives; each is limited to one tenant."""

from __future__ import annotations

from typing import Any

from services.runs.models.partnership_tables import Objective
from shared.contracts.paging import Page
from shared.database import pagination


def find(tenant_id: str, objective_id: str) -> Objective:
    """The objective. NotFound for another tenant's too."""
    return Objective.get_for(tenant_id, objective_id)


def get_for_update(tenant_id: str, objective_id: str) -> Objective:
    """The objective, locked until the transaction ends. NotFound for another tenant's too."""
    return Objective.get_for(tenant_id, objective_id, for_update=True)


def many(tenant_id: str, objective_ids: list[str]) -> dict[str, Objective]:
    """The objectives with these ids by id; missing ones are left out."""
    query = Objective.for_tenant(tenant_id).where(Objective.id.in_(objective_ids))
    return {row.id: row for row in query} if objective_ids else {}


def listed(
    tenant_id: str,
    *,
    status: str | None = None,
    owner: str | None = None,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A tenant's objectives, those that end soonest first."""
    query = Objective.for_tenant(tenant_id)
    for field, value in ((Objective.status, status), (Objective.owner, owner)):
        if value is not None:
            query = query.where(field == value)
    order = [(Objective.ends_on, "asc"), (Objective.id, "asc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def add(**values: Any) -> Objective:
    """Write a new objective."""
    return Objective.create(force_insert=True, **values)


def exists(tenant_id: str, objective_id: str) -> bool:
    """Whether an objective with this id exists."""
    return Objective.get_or_none_for(tenant_id, objective_id) is not None
