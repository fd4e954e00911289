"""Asks for AI tasks: over real HTTP and many at a time, or all at once through the verb that the API calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from services.executor import submitting
from services.executor.app import connect
from services.executor.models import feed
from services.executor.processors import registry
from services.executor.submitting import Submission
from shared.ground import clock, ids, settings
from tests.house import ADMIN, House

PATH = "/api/ai-tasks"


@dataclass(frozen=True)
class Posted:
    """One POST: the task's id ("" without one), the status of the answer, when that came, and how long it took."""

    id: str
    status: int
    at: float
    seconds: float
    body: Any


class Poster:
    """Posts to the executor on connections that stay open, as a client of many requests does."""

    def __init__(self, house: House, *, url: str = "") -> None:
        self.url = (url or house.url("executor")) + PATH
        self.headers = house.headers()
        self._local = threading.local()

    def post(self, body: dict[str, Any], **headers: str) -> Posted:
        """One POST, whatever it answers."""
        began = time.monotonic()
        answer = self._session().post(self.url, json=body, headers=self.headers | headers, timeout=90)
        ended = time.monotonic()
        told = answer.json()
        return Posted(told.get("id", ""), answer.status_code, ended, ended - began, told)

    def post_all(self, bodies: Iterable[dict[str, Any]], *, threads: int = 6) -> list[str]:
        """The ids of all; AssertionError when one was not accepted."""
        with ThreadPoolExecutor(threads) as pool:
            posted = list(pool.map(self.post, bodies))
        refused = [one for one in posted if one.status != 201]
        assert not refused, refused[:3]
        return [one.id for one in posted]

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        return self._local.session


def echo(**metadata: Any) -> dict[str, Any]:
    """The body of a POST of a rehearsal; `priority` and `id` stand beside its metadata."""
    body = {name: metadata.pop(name) for name in ("priority", "id") if name in metadata}
    return body | {"processor": "test-echo", "metadata": metadata}


def echoes(count: int, sleeps: Sequence[int], **metadata: Any) -> Iterator[dict[str, Any]]:
    """So many rehearsals, which sleep in turn as `sleeps` say, in milliseconds."""
    return (echo(sleepMs=sleeps[number % len(sleeps)], say=str(number), **metadata) for number in range(count))


def write_all(
    database_url: str, home: Path, bodies: Iterable[dict[str, Any]], *, at_once: int = 1, retries: int = 3
) -> list[str]:
    """Queue all in one transaction, each `at_once` of them at the same moment; the ids, which are in no order."""
    told = settings.load("executor")
    connect(replace(told, home=home, database_urls=told.database_urls | {"executor": database_url}))
    known = registry.load(rehearsal=True)
    written = []
    with feed.transaction():
        for number, body in enumerate(bodies):
            if number % at_once == 0:
                now = clock.now()
            order = Submission(
                **{"id": ids.named("order", database_url, str(now), str(number))} | body, tenant_id=ADMIN.tenant_id
            )
            submitting.submit(order, by=ADMIN, now=now, registry=known, max_attempts=1 + retries)
            written.append(order.id)
    return written
