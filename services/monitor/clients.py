"""Requests and commands to the contexts that own what the console shows, over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.ground.errors import Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.web.service_client import Client

OWNERS = ("runs", "workflows", "executor")

PAGE_SECONDS = 2.0
"""Seconds that a page waits for another service; after that it is shown without that part."""

_clients: dict[str, Client] = {}


def connect(settings: Settings) -> None:
    """Make the clients of this process. They sign as the monitor, for itself and for the people who are signed in."""
    _clients.update({name: Client(settings, name) for name in OWNERS})


def to(service: str) -> Client:
    """The client of one owning service: `to("workflows").get("/api/customers", as_person=by)`. Its calls raise
    Unavailable when the service does not answer."""
    return _clients[service]


class Questions:
    """The requests that one page makes. Each waits PAGE_SECONDS at most, and a service that did not answer one is not
    asked again."""

    def __init__(self) -> None:
        self._silent: set[str] = set()

    def ask(self, service: str, path: str, params: Mapping[str, Any], by: Principal) -> Any:
        """The service's answer for a person. Unavailable when it does not answer, or did not answer this page before."""
        if service in self._silent:
            raise Unavailable(f"{service} is not answering.", service=service)
        try:
            return to(service).ask("GET", path, params=params, as_person=by, timeout=PAGE_SECONDS)
        except Unavailable as error:
            if error.__cause__ is not None:  # no answer at all; an answer that is an error came in time
                self._silent.add(service)
            raise


def retry(service: str, run_id: str, by: Principal, *, from_step: str | None, dry_run: bool) -> JsonObject:
    """Ask the owner of a run to retry it, for a person. Returns `{"newRunId", "plan": {"runsAgain", "fromCache",
    "standing"}}`."""
    body = {"dryRun": dry_run} | ({"fromStep": from_step} if from_step else {})
    return to(service).post(f"/internal/runs/{run_id}/retry", body, for_person=by)


def cancel(service: str, run_id: str, by: Principal) -> None:
    """Ask the owner of a run to stop it, for a person."""
    to(service).post(f"/internal/runs/{run_id}/cancel", for_person=by)
