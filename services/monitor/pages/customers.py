"""Names of customers and of owners, and the customer of a name that was typed, for several pages."""

from __future__ import annotations

from services.monitor import people
from services.monitor.pages import api_client
from shared.ground.errors import Invalid, NotFound, Unavailable
from shared.ground.principal import Principal
from shared.web import callers

MOST_OFFERED = 12


def names() -> dict[str, str]:
    """Names of the customers by id, those who renew soonest first; empty while workflows is down."""
    try:
        return {row["id"]: row["name"] for row in api_client.every("workflows", "/api/customers")}
    except Unavailable:
        return {}


def name_of(customer_id: str | None) -> str | None:
    """The name of a customer; None without an id, for none that exists, and while workflows is down."""
    if not customer_id:
        return None
    try:
        return str(api_client.get("workflows", f"/api/customers/{customer_id}")["name"])
    except (NotFound, Unavailable):
        return None


def beginning(typed: str) -> list[str]:
    """The names of the first customers with words that begin as was typed."""
    if not typed.strip():
        return []
    found = api_client.get("workflows", "/api/customers", q=typed, limit=MOST_OFFERED)
    return [row["name"] for row in found["items"]]


def id_of(name: str) -> str:
    """The id of the customer of exactly this name, in any case. Invalid, as of the field `customer`, when there is none,
    or more than one."""
    found = api_client.get("workflows", "/api/customers", q=name, limit=MOST_OFFERED)["items"] if name else []
    same = [row["id"] for row in found if row["name"].casefold() == name.casefold()]
    if len(same) == 1:
        return str(same[0])
    refusal = "Several customers have this name." if same else "Choose a customer from the list as you type."
    raise Invalid("The customer is not clear.", errors={"customer": [refusal]})


def owners(by: Principal | None = None) -> dict[str, str]:
    """Names of the tenant's people by id: an `owner` anywhere is a person's id."""
    return people.names((by or callers.by()).tenant_id)
