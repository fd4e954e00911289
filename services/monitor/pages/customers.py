"""Customers as several pages need them: their names, and who owns what."""

from __future__ import annotations

from services.monitor import people
from services.monitor.pages import asking
from shared import web
from shared.acts import By
from shared.errors import Unavailable

MOST_NAMES = 100


def names() -> dict[str, str]:
    """Names of customers by id, the first hundred by what the list gives; none while workflows is away."""
    try:
        body = asking.get("workflows", "/api/customers", limit=MOST_NAMES)
    except Unavailable:
        return {}
    return {one["id"]: one["name"] for one in body["items"]}


def owners(by: By | None = None) -> dict[str, str]:
    """Names of the tenant's people by id: an `owner` anywhere is a person's id."""
    return {person.id: person.name for person in people.find_all((by or web.by()).tenant_id, limit=100).items}
