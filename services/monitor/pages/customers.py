"""Names of customers and of owners, for several pages."""

from __future__ import annotations

from services.monitor import people
from services.monitor.pages import api_client
from shared.ground.errors import NotFound, Unavailable
from shared.ground.principal import Principal
from shared.web import application


def names() -> dict[str, str]:
    """Names of the customers by id, those who renew soonest first; empty while workflows is down."""
    try:
        return {row["id"]: row["name"] for row in api_client.every("workflows", "/api/customers")}
    except Unavailable:
        return {}


def name(customer_id: str) -> str:
    """The name of a customer; empty for one that is not there, and while workflows is down."""
    try:
        return str(api_client.get("workflows", f"/api/customers/{customer_id}")["name"])
    except (NotFound, Unavailable):
        return ""


def called(text: str, limit: int = 20) -> list[dict[str, str]]:
    """The customers whose names have words that begin so, as id and name."""
    found = api_client.get("workflows", "/api/customers", q=text[:200], limit=limit)["items"]
    return [{"id": row["id"], "name": row["name"]} for row in found]


def owners(by: Principal | None = None) -> dict[str, str]:
    """Names of the tenant's people by id: an `owner` anywhere is a person's id."""
    return people.names((by or application.by()).tenant_id)
