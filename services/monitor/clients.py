"""Requests and commands to the contexts that own what the console shows, over REST."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from shared.ground.errors import TandemError, Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.web.service_client import Client, Timeout

OWNERS = ("runs", "workflows", "executor")

PAGE_SECONDS = 2.0
"""Seconds that a page waits for other services that do not answer, all of them together; after that it is shown without
their parts."""

DOUBTED_SECONDS = 0.3
"""Seconds that a service has to answer while it is doubted, and another one once a page has waited PAGE_SECONDS."""

DOUBTED_FOR = 5.0
"""For how many seconds a service is doubted after it kept a page waiting in vain, so that many people who wait for it do
not use up the threads of this process. An answer ends it at once."""

SUSPECT_AFTER = 0.5
"""A service is doubted too while it has answered nothing for so many seconds in which it was asked something."""

_clients: dict[str, Client] = {}


class Answering:
    """Whether one service answers, as the pages of this process have seen it, for all threads together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[object, float] = {}
        self._answered = float("-inf")
        self.doubted_until = float("-inf")

    def begin(self, patience: float) -> tuple[object, float]:
        """Note that a question is asked. Returns its mark for `end`, and how many seconds it may wait."""
        now, mark = time.monotonic(), object()
        with self._lock:
            silent = now - max(self._answered, min(self._asked.values(), default=now))
            self._asked[mark] = now
            doubted = self.doubted_until > now or silent > SUSPECT_AFTER
        return mark, DOUBTED_SECONDS if doubted else max(DOUBTED_SECONDS, patience)

    def end(self, mark: object, *, answered: bool, timed_out: bool = False) -> float:
        """Note how a question ended. Returns how many seconds it took."""
        now = time.monotonic()
        with self._lock:
            took = now - self._asked.pop(mark)
            if answered:
                self._answered, self.doubted_until = now, float("-inf")
            elif timed_out and self.doubted_until <= now:  # not prolonged, so that a doubt ends with a full wait
                self.doubted_until = now + DOUBTED_FOR
        return took


_answering: dict[str, Answering] = {}


def connect(settings: Settings) -> None:
    """Make the clients of this process. They sign as the monitor, for itself and for the people who are signed in."""
    _clients.update({name: Client(settings, name) for name in OWNERS})
    _answering.update({name: Answering() for name in OWNERS})


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
        seen = _answering[service]
        mark, seconds = seen.begin(self._patience)
        answered = timed_out = False
        try:
            answer = to(service).ask("GET", path, params=params, as_person=by, timeout=seconds)
            answered = True
            return answer
        except TandemError as error:
            answered = not isinstance(error, Unavailable) or error.__cause__ is None  # else it came in time
            timed_out = isinstance(error.__cause__, Timeout)
            if not answered:
                self._silent.add(service)
            raise
        finally:
            took = seen.end(mark, answered=answered, timed_out=timed_out)
            self._patience -= 0 if answered else took


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
