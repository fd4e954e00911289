"""Questions about what happened with partnerships, each of one tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.runs.models.ledger import Activity, Partnership
from services.runs.models.lists import equal, tested
from shared import keyset, statements
from shared.contracts.paging import Page


def add(**values: Any) -> Activity:
    """Write a new activity. The statement is written out: an import makes thousands."""
    row = Activity(**values)
    statements.insert(Activity, row.__data__)
    return row


def of_origin(tenant_id: str, origin: str) -> Activity | None:
    """The activity that the same news has made before, if it came before."""
    return Activity.get_or_none((Activity.origin == origin) & (Activity.tenant_id == tenant_id))


def listed(tenant_id: str, partnership_id: str, *, limit: int, offset: int = 0, cursor: str | None = None) -> Page:
    """What happened with a partnership, the newest first."""
    query = Activity.select().where((Activity.tenant_id == tenant_id) & (Activity.partnership_id == partnership_id))
    order = [(Activity.at, "desc"), (Activity.id, "desc")]
    return keyset.page(query, order, limit=limit, offset=offset, cursor=cursor)


def last_of(tenant_id: str, partnership_ids: Iterable[str]) -> dict[str, Activity]:
    """The last activity of each of these partnerships by its id, with one question."""
    wanted = list(partnership_ids)
    if not wanted:
        return {}
    query = (
        Activity.select(Activity)
        .join(
            Partnership,
            on=(
                (Activity.tenant_id == Partnership.tenant_id)
                & (Activity.partnership_id == Partnership.id)
                & (Activity.at == Partnership.last_activity_at)
                & (Activity.kind == Partnership.last_activity_kind)
            ),
        )
        .where(tested(equal(Partnership.tenant_id, tenant_id)), Partnership.id.in_(wanted))
        .order_by(Activity.id)
    )
    return {row.partnership_id: row for row in query}


def newest(tenant_id: str, partnership_id: str, kind: str) -> list[Activity]:
    """The last activities of a kind that happened at the same moment; most often one, none if there is none."""
    of_kind = (Activity.tenant_id == tenant_id) & (Activity.partnership_id == partnership_id) & (Activity.kind == kind)
    last = Activity.select(Activity.at).where(of_kind).order_by(Activity.at.desc(), Activity.id.desc()).first()
    return list(Activity.select().where(of_kind & (Activity.at == last.at))) if last else []
