"""The readers of the four contexts, following one another in process as their workers do over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.executor.actors import make_reader
from services.executor.processors import registry
from services.monitor.actors import reader as monitor
from services.runs.actors import reader as runs
from services.workflows.actors import reader as workflows
from shared.contracts.changes import Seen
from shared.ground import clock
from shared.security.tokens import Signer

READERS = {
    "monitor": monitor,
    "runs": runs,
    "workflows": workflows,
    "executor": make_reader(registry.load(rehearsal=False), 4),
}


def follow(applications: dict[str, Any], reader: str, source: str) -> None:
    """Have one context read all that is new at another."""
    application, settings = applications[source]
    token = Signer(reader, settings.keys).for_service(clock.now())

    def fetch(after: int, kinds: Sequence[str], limit: int, seen: Seen | None = None) -> dict[str, Any]:
        query: dict[str, Any] = {"after": after, "kinds": ",".join(kinds), "limit": limit}
        if seen:
            query |= {"epoch": seen.epoch, "generation": seen.generation}
        client = application.test_client()
        answer = client.get("/internal/changes", query_string=query, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json

    READERS[reader].follow(source, fetch)
