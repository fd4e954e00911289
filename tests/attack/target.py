"""A house with samples and two more tenants that have things of every kind: what rights and inputs are tried on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shared.ground import settings
from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.routes import Route, guarded
from tests.house import House


@dataclass(frozen=True)
class Target:
    """The running house, the same applications in process (to know their routes and to fill their databases), and what two tenants have."""

    house: House
    applications: tenants.Applications
    blue: dict[str, dict[str, str]]
    red: dict[str, dict[str, str]]

    def routes(self) -> list[Route]:
        """Every route of the four services that is not for everybody."""
        return guarded(self.applications)

    def spec(self, service: str) -> dict[str, Any]:
        """The OpenAPI document of a service."""
        return self.applications[service][0].test_client().get("/openapi.json").json

    def known(self, tenant: dict[str, dict[str, str]], service: str) -> dict[str, str]:
        """What a tenant has by the names that paths of a service have for it; pages name the things of all services."""
        if service != "monitor":
            return tenant[service]
        return tenant["executor"] | tenant["workflows"] | tenant["runs"] | tenant["monitor"]


@contextmanager
def standing() -> Iterator[Target]:
    """Start it, and stop it at the end. It has no workers: nothing that is sent here is worked on meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="tandem-attack-") as home,
        House(Path(home), workers=dict.fromkeys(settings.SERVICES, 0), TANDEM_LOG_LEVEL="WARNING") as house,
    ):
        applications = {name: _in_process(house, name) for name in CONTEXTS}
        blue, red = (tenants.filled(applications, tenant) for tenant in (tenants.BLUE, tenants.RED))
        yield Target(house, applications, blue, red)


def _in_process(house: House, name: str) -> tuple[Any, settings.Settings]:
    urls = {service: f"sqlite:///{house.told.home / 'data' / service}.sqlite3" for service in CONTEXTS}
    told = replace(house.told, service=name, database_urls=urls, redis_url=house.launcher.environment["REDIS_URL"])
    return CONTEXTS[name].make_app(told), told
