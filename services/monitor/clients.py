"""Requests and commands to the contexts that own what the console shows, over REST."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from shared.ground.errors import Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.web.service_client import Client

OWNERS = ("runs", "workflows", "executor")

PAGE_SECONDS = 2.0
"""Seconds that a page waits for other services that do not answer, all of them together; after that it is shown without
their parts."""

DOUBTED_SECONDS = 0.3
"""Seconds that a service has to answer while it is doubted, and another one once a page has waited PAGE_SECONDS."""

DOUBTED_FOR = 5.0
"""For how many seconds a service is doubted after it kept a page waiting in vain, so that many people who wait for it do
not use up the threads of this process. An answer ends it at once."""

_clients: dict[str, Client] = {}
_doubted_until: dict[str, float] = {}


def connect(settings: Settings) -> None:
    """Make the clients of this process. They sign as the monitor, for itself and for the people who are signed in."""
    _clients.update({name: Client(settings, name) for name in OWNERS})
    _doubted_until.clear()


def to(service: str) -> Client:
    """The client of one owning service: `to("workflows").get("/api/customers", as_person=by)`. Its calls raise
    Unavailable when the service does not answer."""
    return _clients[service]


class Questions:
    """The requests that one page makes, perhaps several at once. A service that kept it waiting in vain is not asked
    again."""

    def __init__(self) -> None:
        self._silent: set[str] = set()
        self._patience = PAGE_SECONDS

    def ask(self, service: str, path: str, params: Mapping[str, Any], by: Principal) -> Any:
        """The service's answer for a person. Unavailable when it does not answer in time, or did not answer this page
        before."""
        if service in self._silent:
            raise Unavailable(f"{service} is not answering.", service=service)
        began = time.monotonic()
        seconds = max(DOUBTED_SECONDS, self._patience)
        if _doubted_until.get(service, began) > began:
            seconds = min(DOUBTED_SECONDS, seconds)
        try:
            answer = to(service).ask("GET", path, params=params, as_person=by, timeout=seconds)
        except Unavailable as error:
            if error.__cause__ is not None:  # no answer at all; an answer that is an error came in time
                self._missed(service, time.monotonic() - began, seconds)
            raise
        _doubted_until.pop(service, None)
        return answer

    def _missed(self, service: str, waited: float, seconds: float) -> None:
        self._silent.add(service)
        self._patience -= waited
        now = time.monotonic()
        # One that refuses the connection costs nobody any time. A doubt is not prolonged, so that it ends with a full wait.
        if waited >= seconds * 0.9 and _doubted_until.get(service, now) <= now:
            _doubted_until[service] = now + DOUBTED_FOR


def retry(service: str, run_id: str, by: Principal, *, from_step: str | None, dry_run: bool) -> JsonObject:
    """Ask the owner of a run to retry it, for a person. Returns `{"newRunId", "plan": {"runsAgain", "fromCache",
    "standing"}}`."""
    body = {"dryRun": dry_run} | ({"fromStep": from_step} if from_step else {})
    return to(service).post(f"/internal/runs/{run_id}/retry", body, for_person=by)


def cancel(service: str, run_id: str, by: Principal, reason: str | None) -> None:
    """Ask the owner of a run to stop it, for a person, who may have said why."""
    to(service).post(f"/internal/runs/{run_id}/cancel", {"reason": reason}, for_person=by)


def execute(task_id: str, by: Principal) -> None:
    """Ask the executor to make the next attempt of a queued AI task now, as a person."""
    to("executor").post(f"/api/ai-tasks/{task_id}/execute", as_person=by)
