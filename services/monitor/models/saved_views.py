"""Views of lists that people keep: a name for filters and an order, as the URL has them."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField, BooleanField, TextField

from services.monitor.models import Table
from shared.database.fields import IdField, UtcDateTime

MOST_OF_A_PAGE = 100
"""The most views of one page that a person may see; more are not kept."""


class SavedView(Table):
    """The filters and the order of the list on a page, kept under a name by a person, for everybody if it is `shared`."""

    noun = "saved view"

    id = IdField()
    tenant_id = TextField()
    page = TextField()
    owner = TextField()
    name = TextField()
    query = TextField()
    shared = BooleanField()
    created_at = UtcDateTime()
    updated_at = UtcDateTime()
    version = BigIntegerField(default=1)

    class Meta:
        table_name = "saved_view"
        indexes = ((("tenant_id", "page", "name", "id"), False), (("tenant_id", "page", "owner", "name"), True))


def get(tenant_id: str, view_id: str) -> SavedView:
    """The view. NotFound for another tenant's too."""
    return SavedView.get_for(tenant_id, view_id)


def seen_by(tenant_id: str, person_id: str, page: str | None) -> list[SavedView]:
    """A person's own views and those that others share, of a page or of all, by name."""
    query = SavedView.for_tenant(tenant_id).where((SavedView.owner == person_id) | SavedView.shared)
    if page:
        query = query.where(SavedView.page == page)
    return list(query.order_by(SavedView.page, SavedView.name, SavedView.id).limit(MOST_OF_A_PAGE))


def named(tenant_id: str, person_id: str, page: str, name: str) -> SavedView | None:
    """A person's own view of this name, or None."""
    return (
        SavedView.for_tenant(tenant_id)
        .where(SavedView.page == page, SavedView.owner == person_id, SavedView.name == name)
        .first()
    )


def count_of(tenant_id: str, person_id: str, page: str) -> int:
    """How many views of a page a person keeps."""
    return int(SavedView.for_tenant(tenant_id).where(SavedView.page == page, SavedView.owner == person_id).count())


def add(**values: Any) -> SavedView:
    """Write a new view."""
    return SavedView.create(**values)


def remove(row: SavedView) -> None:
    """Delete a view."""
    row.delete_instance()
