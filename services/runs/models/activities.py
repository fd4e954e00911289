"""Queries and writes on activities of partnerships; each is limited to one tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.runs.models.partnership_tables import Activity, Partnership
from shared.contracts.paging import Page
from shared.database import pagination, statements
from shared.database.model import with_columns


def add(**values: Any) -> Activity:
    """Write a new activity. The statement is written out because an import makes thousands."""
    row = Activity(**values)
    statements.insert(Activity, row.__data__)
    return row


def of_origin(tenant_id: str, origin: str) -> Activity | None:
    """The activity with this origin, or None."""
    return Activity.for_tenant(tenant_id).where(Activity.origin == origin).first()


def ids_of(tenant_id: str, partnership_id: str) -> set[str]:
    """The ids of a partnership's activities."""
    query = Activity.for_tenant(tenant_id, Activity.id).where(Activity.partnership_id == partnership_id)
    return {row.id for row in query}


def take_back(tenant_id: str, partnership_id: str, activity_ids: Iterable[str]) -> None:
    """Delete activities that an import added, because it is undone."""
    added = (Activity.partnership_id == partnership_id) & Activity.id.in_(list(activity_ids))
    Activity.delete_for(tenant_id).where(added).execute()


def listed(tenant_id: str, partnership_id: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """A partnership's activities, the newest first."""
    query = Activity.for_tenant(tenant_id).where(Activity.partnership_id == partnership_id)
    order = [(Activity.at, "desc"), (Activity.id, "desc")]
    return pagination.page(query, order, limit=limit, offset=offset, cursor=cursor)


def last_of(tenant_id: str, partnership_ids: Iterable[str]) -> dict[str, Activity]:
    """The last activity of each of these partnerships by its id, in one query."""
    wanted = list(partnership_ids)
    if not wanted:
        return {}
    query = (
        Activity.for_tenant(tenant_id, seek=False)
        .join(
            Partnership,
            on=(
                (Activity.tenant_id == Partnership.tenant_id)
                & (Activity.partnership_id == Partnership.id)
                & (Activity.at == Partnership.last_activity_at)
                & (Activity.kind == Partnership.last_activity_kind)
            ),
        )
        .where(Partnership.within(tenant_id, seek=False), Partnership.id.in_(wanted))
        .order_by(Activity.id)
    )
    return {row.partnership_id: row for row in query}


def newest(tenant_id: str, partnership_id: str, kind: str) -> list[Activity]:
    """The activities of a kind that share the latest time: usually one, or none."""
    of_kind = Activity.for_tenant(tenant_id).where(Activity.partnership_id == partnership_id, Activity.kind == kind)
    last = with_columns(of_kind, Activity.at).order_by(Activity.at.desc(), Activity.id.desc()).first()
    return list(of_kind.where(Activity.at == last.at)) if last else []
