"""Questions about partnerships, each of one tenant; one that was removed is in none of their answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import peewee

from services.runs.models.ledger import Partnership
from services.runs.states import OPEN_STAGES, STAGES
from shared import database, statements
from shared.contracts.paging import Page
from shared.errors import Conflict, NotFound
from shared.rows import held

CLOSED_STAGES = tuple(stage for stage in STAGES if stage not in OPEN_STAGES)

ORDERS: dict[str, list[tuple[Any, str]]] = {
    "name": [(Partnership.name_key, "asc"), (Partnership.id, "asc")],
    "lastContact": [(Partnership.last_contact_at, "asc"), (Partnership.id, "asc")],
    "priority": [(Partnership.priority, "asc"), (Partnership.last_contact_at, "asc"), (Partnership.id, "asc")],
}


def find(tenant_id: str, partnership_id: str) -> Partnership:
    """The partnership. NotFound for another tenant's, and for one that was removed, too."""
    return _or_not_found(_present(tenant_id).where(Partnership.id == partnership_id).first(), partnership_id)


def alone(tenant_id: str, partnership_id: str) -> Partnership:
    """The partnership, held until the transaction ends. NotFound as `find`."""
    query = held(_present(tenant_id).where(Partnership.id == partnership_id))
    return _or_not_found(query.first(), partnership_id)


def hold(row: Partnership) -> Partnership:
    """The same row object with what is written by now, held until the transaction ends."""
    now = held(Partnership.select().where((Partnership.id == row.id) & (Partnership.tenant_id == row.tenant_id))).get()
    row.__data__.update(now.__data__)
    return row


def many(tenant_id: str, partnership_ids: Iterable[str]) -> dict[str, Partnership]:
    """The partnerships of these ids by their id; what is gone is left out."""
    wanted = list(partnership_ids)
    return {row.id: row for row in _present(tenant_id).where(Partnership.id.in_(wanted))} if wanted else {}


def listed(
    tenant_id: str,
    *,
    stage: str | None = None,
    silent_before: datetime | None = None,
    owner: str | None = None,
    priority: int | None = None,
    q: str | None = None,
    sort: str = "name",
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """A tenant's partnerships in one of the ORDERS.

    `silent_before` keeps those that nobody has been in contact with since then, in an open stage unless a stage is named.
    """
    query = _present(tenant_id)
    for field, value in ((Partnership.stage, stage), (Partnership.owner, owner), (Partnership.priority, priority)):
        if value is not None:
            query = query.where(field == value)
    if silent_before is not None:
        query = query.where(_silent(silent_before, sort))
        if stage is None:
            query = query.where(Partnership.stage.not_in(CLOSED_STAGES))
    if q:
        query = query.where(Partnership.search_key.contains(q.casefold()))
    return database.page(query, ORDERS[sort], limit=limit, offset=offset, cursor=cursor)


def known_as(tenant_id: str, external_ids: Iterable[str], names: Iterable[str]) -> list[Partnership]:
    """Those that have one of these external ids or, folded, one of these names; for an import."""
    by_id, by_name = Partnership.external_id.in_(list(external_ids)), Partnership.name_key.in_(list(names))
    return list(_present(tenant_id).where(by_id | by_name).order_by(Partnership.created_at, Partnership.id))


def with_external_id(tenant_id: str, external_id: str) -> Partnership | None:
    """The one partnership of an external id, if there is one."""
    return _present(tenant_id).where(Partnership.external_id == external_id).first()


def add(**values: Any) -> Partnership:
    """Write a new partnership; Conflict when another one took its external id at the same moment.

    The statement is written out: an import makes thousands.
    """
    row = Partnership(**values, **_keys(values["name"], values.get("contacts") or []))
    if not statements.insert_if_new(Partnership, row.__data__):
        raise Conflict("Another partnership has this external id already.", allowed=[])
    return row


def change(row: Partnership, **values: Any) -> None:
    """Write what changed of a partnership (guarded)."""
    if "name" in values or "contacts" in values:
        values |= _keys(values.get("name", row.name), values.get("contacts", row.contacts))
    row.write(**values)


def ever(partnership_ids: list[str]) -> set[str]:
    """Which of these ids are taken, by one that was removed since too."""
    return {row.id for row in Partnership.select(Partnership.id).where(Partnership.id.in_(partnership_ids))}


def _present(tenant_id: str) -> Any:
    return Partnership.select().where((Partnership.tenant_id == tenant_id) & Partnership.deleted_at.is_null())


def _silent(since: datetime, sort: str) -> Any:
    """Without contact since then. In another order than by the last contact, the column is kept from the planner, which would
    rather read most of its index and sort what it found than walk the list in its order."""
    if sort == "lastContact":
        return Partnership.last_contact_at < since
    hidden = peewee.fn.COALESCE(Partnership.last_contact_at, Partnership.last_contact_at)
    return hidden < peewee.Value(Partnership.last_contact_at.db_value(since), converter=False)


def _or_not_found(row: Partnership | None, partnership_id: str) -> Partnership:
    if row is None:
        raise NotFound(f"There is no partnership {partnership_id}.")
    return row


def _keys(name: str, contacts: list[dict[str, Any]]) -> dict[str, str]:
    people = " ".join(f"{one.get('name') or ''} {one.get('email') or ''}" for one in contacts)
    return {"name_key": name.casefold(), "search_key": f"{name} {people}".casefold()}
