"""Names of customers and of owners, and the present date, for several pages."""

from __future__ import annotations

from datetime import date

from services.monitor import people
from services.monitor.pages import api_client
from shared.ground import clock
from shared.ground.errors import Unavailable
from shared.ground.local_days import local_date
from shared.ground.principal import Principal
from shared.web import application


def names() -> dict[str, str]:
    """Names of the customers by id, those who renew soonest first; empty while workflows is down."""
    try:
        return {row["id"]: row["name"] for row in api_client.every("workflows", "/api/customers")}
    except Unavailable:
        return {}


def owners(by: Principal | None = None) -> dict[str, str]:
    """Names of the tenant's people by id: an `owner` anywhere is a person's id."""
    return people.names((by or application.by()).tenant_id)


def today() -> date:
    """The date where the signed-in person's tenant is."""
    return local_date(clock.now(), people.tenant(application.by().tenant_id).time_zone)
