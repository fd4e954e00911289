"""Keeps views of lists for people: saving, renaming, sharing and deleting them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.monitor.models import acts, feed
from services.monitor.models import saved_views as rows
from services.monitor.models.saved_views import MOST_OF_A_PAGE, SavedView
from shared.ground.errors import Conflict, Forbidden, NotFound
from shared.ground.principal import Principal

PAGES = ("customers", "renewals", "tasks", "contacts", "partnerships", "runs", "monitor")
"""The pages whose lists can be kept as views."""


def find(by: Principal, view_id: str) -> SavedView:
    """A view that the caller may see. NotFound for one that another person keeps to themselves."""
    view = rows.get(by.tenant_id, view_id)
    if view.owner != by.id and not view.shared:
        raise NotFound(f"There is no saved view {view_id}.")
    return view


def find_all(by: Principal, page: str | None = None) -> list[SavedView]:
    """The caller's own views and those that others share, by name."""
    return rows.seen_by(by.tenant_id, by.id, page)


def add(by: Principal, *, view_id: str, page: str, name: str, query: str, shared: bool, now: datetime) -> SavedView:
    """Keep a view. Conflict when the caller has one of this name on the page, or MOST_OF_A_PAGE of them."""
    with feed.transaction():
        _check_name(by, page, name)
        if rows.count_of(by.tenant_id, by.id, page) >= MOST_OF_A_PAGE:
            raise Conflict(f"You keep {MOST_OF_A_PAGE} views of this page already. Delete one first.")
        view = rows.add(
            id=view_id,
            tenant_id=by.tenant_id,
            page=page,
            owner=by.id,
            name=name,
            query=query,
            shared=shared,
            created_at=now,
            updated_at=now,
        )
        acts.record(by, "saved view", "saved-view", view.id, now=now, details={"name": name, "page": page})
        return view


def change(by: Principal, view_id: str, changes: dict[str, Any], *, now: datetime, expected: int | None) -> SavedView:
    """Change the name, the filters or the sharing of one's own view. NotFound; Forbidden for another person's; Stale;
    Conflict as in `add`."""
    with feed.transaction():
        view = _own(by, view_id)
        view.expect(expected)
        if changes.get("name", view.name) != view.name:
            _check_name(by, view.page, changes["name"])
        view.write(updated_at=now, **changes)
        acts.record(by, "changed saved view", "saved-view", view.id, now=now, details={"fields": sorted(changes)})
        return view


def remove(by: Principal, view_id: str, *, now: datetime, expected: int | None) -> None:
    """Delete one's own view. NotFound; Forbidden for another person's; Stale."""
    with feed.transaction():
        view = _own(by, view_id)
        view.expect(expected)
        rows.remove(view)
        acts.record(by, "removed saved view", "saved-view", view.id, now=now, details={"name": view.name})


def _own(by: Principal, view_id: str) -> SavedView:
    view = find(by, view_id)
    if view.owner != by.id:
        raise Forbidden("Only who keeps a view changes it. Save one of your own beside it.")
    return view


def _check_name(by: Principal, page: str, name: str) -> None:
    """Conflict when the caller keeps a view of this name. The unique index refuses two saved at the same moment."""
    if rows.named(by.tenant_id, by.id, page, name) is not None:
        raise Conflict(f"You keep a view “{name}” already.", errors={"name": ["You have one of this name."]})
