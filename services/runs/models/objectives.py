"""Questions about objectives, each of one tenant."""

from __future__ import annotations

from typing import Any

from services.runs.models.ledger import Objective
from shared import keyset
from shared.contracts.paging import Page
from shared.errors import NotFound
from shared.rows import held


def find(tenant_id: str, objective_id: str) -> Objective:
    """The objective. NotFound for another tenant's too."""
    row = Objective.get_or_none((Objective.id == objective_id) & (Objective.tenant_id == tenant_id))
    return _or_not_found(row, objective_id)


def alone(tenant_id: str, objective_id: str) -> Objective:
    """The objective, held until the transaction ends. NotFound for another tenant's too."""
    query = held(Objective.select().where((Objective.id == objective_id) & (Objective.tenant_id == tenant_id)))
    return _or_not_found(query.first(), objective_id)


def many(tenant_id: str, objective_ids: list[str]) -> dict[str, Objective]:
    """The objectives of these ids by their id; what is gone is left out."""
    query = Objective.select().where((Objective.tenant_id == tenant_id) & Objective.id.in_(objective_ids))
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
    """A tenant's objectives, whichever ends first."""
    query = Objective.select().where(Objective.tenant_id == tenant_id)
    for field, value in ((Objective.status, status), (Objective.owner, owner)):
        if value is not None:
            query = query.where(field == value)
    order = [(Objective.ends_on, "asc"), (Objective.id, "asc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def add(**values: Any) -> Objective:
    """Write a new objective."""
    return Objective.create(force_insert=True, **values)


def known(tenant_id: str, objective_id: str) -> bool:
    """Whether there is one of this id."""
    return Objective.select().where((Objective.id == objective_id) & (Objective.tenant_id == tenant_id)).exists()


def _or_not_found(row: Objective | None, objective_id: str) -> Objective:
    if row is None:
        raise NotFound(f"There is no objective {objective_id}.")
    return row
