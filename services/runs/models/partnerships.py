"""Queries and writes on partnerships. Each is limited to one tenant and leaves removed ones out, except `ever`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import peewee
from peewee import fn

from services.runs.models.database import words
from services.runs.models.partnership_tables import Partnership
from services.runs.models.replicas import Person
from services.runs.states import OPEN_STAGES, STAGES
from shared.contracts.paging import Page
from shared.database import pagination, statements
from shared.database.model import locked, with_columns
from shared.ground.errors import Conflict, NotFound
from shared.search import lists

KIND = "partnership"
PRIORITIES = (1, 2, 3, 4, 5)

COLUMNS_OF: dict[str, tuple[Any, ...]] = {
    "name": (Partnership.name_key, Partnership.id),
    "lastContact": (Partnership.last_contact_at, Partnership.id),
    "priority": (Partnership.priority, Partnership.last_contact_at, Partnership.id),
}
"""The columns, with an index, by which each order sorts."""

NO_CALL = date(9999, 12, 31)

PLACES: dict[str, Any] = {
    "stage": peewee.IntegerField(column_name="place"),
    "nextCall": peewee.DateField(column_name="place"),
    "owner": peewee.TextField(column_name="place"),
}
"""The type of what is found for each partnership before it is sorted by it: the place of its stage in the pipeline, the
day of its next call, the name of its owner."""

SORTS = tuple(f"{way}{name}" for name in (*COLUMNS_OF, *PLACES) for way in ("", "-"))


def find(tenant_id: str, partnership_id: str) -> Partnership:
    """The partnership. NotFound for another tenant's, and for a removed one."""
    return _or_not_found(_present(tenant_id).where(Partnership.id == partnership_id).first(), partnership_id)


def get_for_update(tenant_id: str, partnership_id: str) -> Partnership:
    """The partnership, locked until the transaction ends. NotFound as `find`."""
    query = locked(_present(tenant_id).where(Partnership.id == partnership_id))
    return _or_not_found(query.first(), partnership_id)


def lock(row: Partnership) -> Partnership:
    """Read the row again into the same object, and lock it until the transaction ends. NotFound as `find`."""
    present = Partnership.get_for(row.tenant_id, row.id, for_update=True)
    row.__data__ |= _or_not_found(None if present.deleted_at else present, row.id).__data__
    return row


def many(tenant_id: str, partnership_ids: Iterable[str]) -> dict[str, Partnership]:
    """The partnerships with these ids by id; missing ones are left out."""
    query = _of_ids(tenant_id, partnership_ids)
    return {} if query is None else {row.id: row for row in query}


def ids_of(tenant_id: str, partnership_ids: Iterable[str]) -> frozenset[str]:
    """Those of these ids that are partnerships which were not removed."""
    query = _of_ids(tenant_id, partnership_ids)
    return frozenset() if query is None else frozenset(row.id for row in with_columns(query, Partnership.id))


def lock_many(tenant_id: str, partnership_ids: Iterable[str]) -> dict[str, Partnership]:
    """As `many`, but locked until the transaction ends, in the order of their ids."""
    query = _of_ids(tenant_id, partnership_ids)
    return {} if query is None else {row.id: row for row in locked(query.order_by(Partnership.id))}


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
    """A tenant's partnerships in one of the orders of SORTS.

    `silent_before` keeps those without contact since then, in an open stage unless a stage is given.
    """
    filters, implied = _asked(stage, silent_before, owner, priority)
    match = words.match(KIND, tenant_id, q, Partnership.id)
    where: dict[str, Any] = {"limit": limit, "offset": offset, "cursor": cursor}
    name, way = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    if name in PLACES:
        tests = [*map(lists.sought, filters), *([] if match is None else [Partnership.id.in_(match.ids)])]
        return _by_place(tenant_id, name, way, tests, where)
    return lists.page(
        Partnership,
        tenant_id,
        filters,
        [(column, way) for column in COLUMNS_OF[name]],
        present=(Partnership.deleted_at.is_null(),),
        implied=implied,
        match=match,
        placed=way if name == "name" else None,
        **where,
    )


def _by_place(tenant_id: str, name: str, way: str, tests: Sequence[Any], where: dict[str, Any]) -> Page:
    """A page in an order that no index has: the place of each partnership is found, and then sorted."""
    places = {
        "stage": peewee.Case(Partnership.stage, [(stage, place) for place, stage in enumerate(STAGES)], len(STAGES)),
        "nextCall": fn.COALESCE(Partnership.next_call_on, NO_CALL),
        "owner": fn.COALESCE(fn.LOWER(Person.name), ""),
    }
    found = with_columns(_present(tenant_id), places[name].alias("place"), Partnership.id).where(*tests)
    if name == "owner":
        here = (Person.id == Partnership.owner) & (Person.tenant_id == tenant_id)
        found = found.join(Person, peewee.JOIN.LEFT_OUTER, on=here)
    page = pagination.page_of_materialized(found, [(PLACES[name], way), (Partnership.id, way)], **where)
    return lists.read(Partnership, tenant_id, page)


def _asked(
    stage: str | None, silent_before: datetime | None, owner: str | None, priority: int | None
) -> tuple[list[lists.Filter], list[lists.Filter]]:
    """The filters. For one that is missing in the middle of an index, `implied` lists all its values, so that the index
    serves the later ones."""
    filters, implied = [], []
    named = ((Partnership.owner, owner), (Partnership.stage, stage), (Partnership.priority, priority))
    filters += [lists.equal(field, value) for field, value in named if value is not None]
    if silent_before is not None:
        filters.append(lists.below(Partnership.last_contact_at, silent_before))
        if stage is None:
            filters.append(lists.one_of(Partnership.stage, OPEN_STAGES))
        if priority is None:
            implied.append(lists.one_of(Partnership.priority, PRIORITIES))
    elif stage is None and priority is not None:
        implied.append(lists.one_of(Partnership.stage, STAGES))
    return filters, implied


def known_as(tenant_id: str, external_ids: Iterable[str], names: Iterable[str]) -> list[Partnership]:
    """The partnerships with one of these external ids or casefolded names, the earliest first; for an import."""
    by_id, by_name = Partnership.external_id.in_(list(external_ids)), Partnership.name_key.in_(list(names))
    return list(_present(tenant_id).where(by_id | by_name).order_by(Partnership.created_at, Partnership.id))


def with_external_id(tenant_id: str, external_id: str) -> Partnership | None:
    """The partnership with an external id, or None."""
    return _present(tenant_id).where(Partnership.external_id == external_id).first()


def add(**values: Any) -> Partnership:
    """Write a new partnership. Conflict when another one took its external id at the same moment.

    The statement is written out because an import makes thousands.
    """
    row = Partnership(**values, name_key=values["name"].casefold())
    if not statements.insert_if_new(Partnership, row.__data__):
        raise Conflict("The external id is taken.", errors={"externalId": ["Another partnership has it already."]})
    words.index(KIND, row.tenant_id, row.id, _texts(row), place=row.name_key, new=True)
    return row


def change(row: Partnership, **values: Any) -> None:
    """Write changed columns (guarded)."""
    if "name" in values:
        values["name_key"] = values["name"].casefold()
    row.write(**values)
    if "name" in values or "contacts" in values:
        words.index(KIND, row.tenant_id, row.id, _texts(row), place=row.name_key)


def remove(row: Partnership, now: datetime) -> None:
    """Mark a partnership as removed (guarded), and free its external id."""
    row.write(deleted_at=now, updated_at=now, external_id=None)
    words.drop(KIND, row.tenant_id, row.id)


def ever(partnership_ids: list[str]) -> set[str]:
    """Those of these ids that exist, including removed partnerships."""
    # Ids are unique over all tenants.
    query = Partnership.of_all_tenants(Partnership.id).where(Partnership.id.in_(partnership_ids))
    return {row.id for row in query}


def _present(tenant_id: str) -> Any:
    return Partnership.for_tenant(tenant_id).where(Partnership.deleted_at.is_null())


def _of_ids(tenant_id: str, partnership_ids: Iterable[str]) -> Any | None:
    """The query for the partnerships with these ids; None without any."""
    wanted = list(partnership_ids)
    if not wanted:
        return None
    query = Partnership.for_tenant(tenant_id, seek=False).where(Partnership.id.in_(wanted))
    return query.where(Partnership.deleted_at.is_null())


def _or_not_found(row: Partnership | None, partnership_id: str) -> Partnership:
    if row is None:
        raise NotFound(f"There is no partnership {partnership_id}.")
    return row


def _texts(row: Partnership) -> list[str | None]:
    """The texts that the search covers."""
    return [row.name, *(contact.get(part) for contact in row.contacts for part in ("name", "email"))]
